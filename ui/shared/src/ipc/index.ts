/** The only door to the program: commands with their types, and choosing a file or a folder. Nothing else names Tauri. */
import { listen } from '@tauri-apps/api/event';
import { open } from '@tauri-apps/plugin-dialog';
import { inWindow } from './carrier';

export { commands } from './bindings';
export type * from './bindings';

/** Whether the system's file dialog can be shown. Where it cannot, the path is typed. */
export function canChooseFile(): boolean {
  return inWindow();
}

/** Lets the person choose one file; null when they thought better of it. `name` is shown in the dialog, `extensions` without dots. */
export async function chooseFile(name: string, extensions: string[]): Promise<string | null> {
  const chosen = await open({ multiple: false, directory: false, filters: [{ name, extensions }] });
  return typeof chosen === 'string' ? chosen : null;
}

/** Lets the person choose a folder; null when they thought better of it. `title` is shown in the dialog. */
export async function chooseFolder(title: string): Promise<string | null> {
  const chosen = await open({ multiple: false, directory: true, title });
  return typeof chosen === 'string' ? chosen : null;
}

/** Calls back when the window is about to close and has something to do before. Stops when the function it answers with is called. */
export function onClosing(call: () => void): () => void {
  if (!inWindow()) return () => undefined;
  const listening = listen('closing', call);
  return () => void listening.then((stop) => stop());
}
