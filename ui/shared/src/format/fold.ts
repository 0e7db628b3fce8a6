/** Vietnamese without tones and marks, for finding: "Nguyễn Đào" is found by "nguyen dao". */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();
}
