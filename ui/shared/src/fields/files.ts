/** Files beside the answers: what a name says of one, and its content on the way to the program and back. */

import type { Media } from '../ipc';

/** The answer that names no file: the signature was given on paper. */
export const signedOnPaper = 'signed_on_paper';

/** What a file is for whoever looks at it. */
export type FileKind = 'picture' | 'document' | 'sound' | 'film';

const kinds: Record<string, FileKind> = {
  jpg: 'picture',
  png: 'picture',
  webp: 'picture',
  pdf: 'document',
  mp3: 'sound',
  m4a: 'sound',
  wav: 'sound',
  ogg: 'sound',
  amr: 'sound',
  mp4: 'film',
  '3gp': 'film',
  webm: 'film',
};

/** Larger files are not read at all: the program takes none near this. In bytes. */
const MOST_READ = 64 * 1024 * 1024;
/** A picture beyond this is made smaller before it goes to the program, which has the last word. In bytes. */
const MOST_PICTURE = 5 * 1024 * 1024;
/** Longest side of a picture that is made smaller without the form saying how, in pixels. */
const LONGEST_SIDE = 2560;
const QUALITY = 0.85;

/** What the name of a file says it is; null where it says nothing. */
export function fileKind(name: string): FileKind | null {
  return kinds[name.split('.').at(-1) ?? ''] ?? null;
}

/** What the system's dialog offers. The content decides in the end, in the program. */
export function accepted(media: Media | null): string {
  const types: Record<Media, string> = {
    picture: 'image/jpeg,image/png,image/webp',
    sound: 'audio/*,.amr,.m4a',
    film: 'video/mp4,video/webm,video/3gpp',
  };
  return media ? types[media] : [...Object.values(types), 'application/pdf'].join(',');
}

/** A content in base64; null when it is too large to be read at all. */
export async function contentOf(file: Blob): Promise<string | null> {
  if (file.size > MOST_READ) return null;
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
  });
  reader.readAsDataURL(file);
  return (await read).split(',')[1] ?? '';
}

/** An address under which a content can be shown; to be given back with `URL.revokeObjectURL`. */
export function addressOf(content: string, mediaType: string): string {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: mediaType }));
}

/**
 * A picture no longer than the form says on its longest side, small enough to be taken, and of a kind that the program reads: it paints it
 * anew. Anything else, and a picture that already is, stays as it is.
 */
export async function fitted(file: Blob, maxPixels: number | null): Promise<Blob> {
  if (!file.type.startsWith('image/') || typeof createImageBitmap !== 'function') return file;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const readable = file.type === 'image/jpeg' || file.type === 'image/png';
  const within = sizeWithin(bitmap, maxPixels ?? (file.size > MOST_PICTURE ? LONGEST_SIDE : null));
  if (!within && readable) return file;
  const size = within ?? { width: bitmap.width, height: bitmap.height };
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, size.width, size.height);
  bitmap.close();
  const type = file.type === 'image/png' ? 'image/png' : 'image/jpeg';
  return new Promise((resolve) => canvas.toBlob((smaller) => resolve(smaller ?? file), type, QUALITY));
}

/** Width and height with the longest side no longer than `most`; null where they fit already. */
export function sizeWithin(
  { width, height }: { width: number; height: number },
  most: number | null,
): { width: number; height: number } | null {
  const longest = Math.max(width, height);
  if (most === null || longest <= most) return null;
  const scaled = (side: number) => Math.max(1, Math.round((side * most) / longest));
  return { width: scaled(width), height: scaled(height) };
}
