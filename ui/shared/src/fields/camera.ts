/** The laptop's camera, where there is one and the window lets us use it. */

/** How a photo is asked of it: what the program keeps is no larger. */
const WANTED: MediaStreamConstraints = {
  video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1440 } },
  audio: false,
};
const QUALITY = 0.92;

/** Whether there is a camera to ask for. Not being able to tell is none. */
export async function hasCamera(): Promise<boolean> {
  const devices = globalThis.navigator?.mediaDevices;
  if (!devices?.getUserMedia || !devices.enumerateDevices) return false;
  const found = await devices.enumerateDevices().catch(() => []);
  return found.some((device) => device.kind === 'videoinput');
}

/** Opens it; the person may be asked whether that may be. */
export function openCamera(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia(WANTED);
}

/** Lets go of it: its light goes out. */
export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** What it sees at this moment; null while it sees nothing. */
export async function photoOf(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}
