import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commands, type AttachmentView } from '../ipc';
import { pathOf, pictureOf } from './drawing';
import { closeCamera, hasCamera } from './camera';
import FileField from './FileField.svelte';
import { accepted, contentOf, fileKind, sizeWithin } from './files';
import { fileWords } from './words';

const labelledby = 'x';
const photo = `${'ab'.repeat(32)}.jpg`;
const paper = `${'cd'.repeat(32)}.pdf`;
const here: AttachmentView = {
  media_type: 'image/jpeg',
  size: 1200,
  content: btoa('a photo'),
  confirmed: false,
  wanted: false,
};

vi.mock('./drawing', async (original) => ({
  ...(await original<typeof import('./drawing')>()),
  pictureOf: vi.fn(async () => new Blob(['a drawing'], { type: 'image/png' })),
}));

function answerWith(view: AttachmentView) {
  vi.spyOn(commands, 'attachment').mockResolvedValue({ status: 'ok', data: view });
}

beforeEach(() => {
  answerWith(here);
  URL.createObjectURL = vi.fn(() => 'blob:shown');
  URL.revokeObjectURL = vi.fn();
});
afterEach(() => vi.restoreAllMocks());

function open(value: string | null, more: object = {}) {
  const onattach = vi.fn<(content: string) => Promise<null | { code: string; params: Record<string, string> }>>(
    async () => null,
  );
  const onremove = vi.fn();
  const view = render(FileField, { value, labelledby, onattach, onremove, ...more });
  const input = view.container.querySelector<HTMLInputElement>('input[type="file"]') as HTMLInputElement;
  return { onattach, onremove, input, ...view };
}

const aFile = (content: string, type = 'image/jpeg') => new File([content], 'nhà tôi.jpg', { type });

describe('a file', () => {
  test('that is chosen goes to the program by its content, without its name', async () => {
    const { onattach, input } = open(null, { media: 'picture' });
    expect(input.accept).toBe('image/jpeg,image/png,image/webp');
    await userEvent.upload(input, aFile('a photo'));
    await waitFor(() => expect(onattach).toHaveBeenCalledExactlyOnceWith(btoa('a photo')));
  });

  test('that the program does not take is said in words, and may be chosen again', async () => {
    const { onattach, input } = open(null);
    onattach.mockResolvedValueOnce({ code: 'attachment_type', params: {} });
    await userEvent.upload(input, aFile('MZ', 'application/pdf'));
    expect(await screen.findByText('Loại tệp này không nhận được.')).toBeTruthy();
    await userEvent.upload(input, aFile('%PDF-', 'application/pdf'));
    await waitFor(() => expect(screen.queryByText('Loại tệp này không nhận được.')).toBeNull());
  });

  test('may have to be a recording or a film', async () => {
    const { input, rerender } = open(null, { media: 'sound' });
    expect(input.accept).toContain('audio/*');
    expect(screen.getByRole('button', { name: 'Chọn ghi âm' })).toBeTruthy();
    await rerender({ media: 'film' });
    expect(screen.getByText(/Phim MP4/)).toBeTruthy();
  });

  test('that is here is shown as what it is, with its size and where it is', async () => {
    open(photo);
    const shown = await screen.findByRole<HTMLImageElement>('img');
    expect(shown.src).toBe('blob:shown');
    expect(screen.getByText(/1,2 KB/)).toBeTruthy();
    expect(screen.getByText('Chỉ ở máy này; gửi sau các phiếu.')).toBeTruthy();
    // The hash says nothing to people.
    expect(screen.queryByText(new RegExp('ab'.repeat(32)))).toBeNull();
  });

  test('that is no picture is named, not shown', async () => {
    answerWith({ ...here, media_type: 'application/pdf', confirmed: true });
    open(paper);
    expect(await screen.findByText('Tỉnh đã nhận tệp này.')).toBeTruthy();
    expect(screen.getByText('Tệp PDF')).toBeTruthy();
    expect(screen.queryByRole('img')).toBeNull();
  });

  test('that is not here is fetched when asked for', async () => {
    answerWith({ ...here, size: 0, content: null });
    const want = vi
      .spyOn(commands, 'wantAttachment')
      .mockResolvedValue({ status: 'ok', data: { ...here, size: 0, content: null, wanted: true } });
    open(photo);
    await userEvent.click(await screen.findByRole('button', { name: 'Tải về' }));
    expect(want).toHaveBeenCalledExactlyOnceWith(photo);
    expect(await screen.findByRole('status')).toBeTruthy();
  });

  test('is exchanged and taken away by its buttons, and by none where nothing may be changed', async () => {
    const { onremove, input, rerender } = open(photo);
    const clicked = vi.spyOn(input, 'click');
    await userEvent.click(screen.getByRole('button', { name: 'Chọn cái khác' }));
    expect(clicked).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByRole('button', { name: 'Gỡ bỏ' }));
    expect(onremove).toHaveBeenCalledOnce();
    await rerender({ disabled: true });
    expect(screen.queryByRole('button')).toBeNull();
  });

  test('of any size is read, but none that no program takes', async () => {
    expect(await contentOf(new Blob(['abc']))).toBe(btoa('abc'));
    expect(await contentOf({ size: 65 * 1024 * 1024 } as Blob)).toBeNull();
  });
});

describe('a camera', () => {
  const stop = vi.fn();
  function plugIn(...devices: { kind: string }[]) {
    const getUserMedia = vi.fn(async () => ({ getTracks: () => [{ stop }] }));
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia, enumerateDevices: async () => devices } });
    return getUserMedia;
  }
  const button = () => screen.queryByRole('button', { name: 'Chụp ảnh' });
  afterEach(() => vi.unstubAllGlobals());

  test('that is there is offered for photos, and not for signatures', async () => {
    const getUserMedia = plugIn({ kind: 'audioinput' }, { kind: 'videoinput' });
    const { unmount } = open(null, { media: 'picture' });
    await waitFor(() => expect(button()).toBeTruthy());
    expect(getUserMedia).not.toHaveBeenCalled();
    unmount();
    open(null, { media: 'picture', drawing: true });
    await Promise.resolve();
    expect(button()).toBeNull();
  });

  test('that is not there, or that the window does not know, is not spoken of', async () => {
    plugIn({ kind: 'audioinput' });
    expect(await hasCamera()).toBe(false);
    vi.stubGlobal('navigator', {});
    expect(await hasCamera()).toBe(false);
    open(null, { media: 'picture' });
    expect(button()).toBeNull();
  });

  test('is let go of when it is closed', () => {
    closeCamera({ getTracks: () => [{ stop }] } as unknown as MediaStream);
    expect(stop).toHaveBeenCalledOnce();
    closeCamera(null);
  });
});

test('what was taken away can be had again', async () => {
  const onname = vi.fn();
  const { onremove, rerender } = open(photo, { onname });
  await userEvent.click(screen.getByRole('button', { name: 'Gỡ bỏ' }));
  expect(onremove).toHaveBeenCalledOnce();
  await rerender({ value: null });
  expect(screen.getByRole('status').textContent).toContain('Đã gỡ: Ảnh.');
  await userEvent.click(screen.getByRole('button', { name: 'Lấy lại' }));
  expect(onname).toHaveBeenCalledExactlyOnceWith(photo);
  await rerender({ value: photo });
  expect(screen.queryByText(/Đã gỡ/)).toBeNull();
});

describe('a signature', () => {
  test('may stand on paper, without a pen in hand, and be drawn after all', async () => {
    const onname = vi.fn();
    const more = { media: 'picture', drawing: true, signature: true, onname };
    const { rerender, container } = open(null, more);
    await userEvent.tab();
    screen.getByRole('button', { name: 'Đã ký trên giấy' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(onname).toHaveBeenCalledExactlyOnceWith('signed_on_paper');
    await rerender({ value: 'signed_on_paper' });
    expect(commands.attachment).not.toHaveBeenCalled();
    expect(container.querySelector('[data-drawing]')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Ký ở đây' }));
    expect(container.querySelector('[data-drawing]')).toBeTruthy();
  });

  test('is drawn, cleared, drawn again and kept as a picture', async () => {
    const { onattach, container } = open(null, { media: 'picture', drawing: true });
    const pad = container.querySelector('[data-drawing]') as SVGSVGElement;
    const keep = screen.getByRole<HTMLButtonElement>('button', { name: 'Lưu chữ ký' });
    expect(keep.disabled).toBe(true);
    const user = userEvent.setup();
    const draw = async () => {
      await user.pointer([
        { keys: '[MouseLeft>]', target: pad, coords: { x: 10, y: 10 } },
        { target: pad, coords: { x: 60, y: 40 } },
        { keys: '[/MouseLeft]', target: pad },
      ]);
    };
    await draw();
    expect(pad.querySelectorAll('path')).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Xóa nét' }));
    expect(pad.querySelectorAll('path')).toHaveLength(0);
    await draw();
    await draw();
    await user.click(keep);
    await waitFor(() => expect(onattach).toHaveBeenCalledExactlyOnceWith(btoa('a drawing')));
    expect(vi.mocked(pictureOf).mock.lastCall?.[0]).toHaveLength(2);
  });

  test('that is there is signed again only when asked for, and may be kept after all', async () => {
    const { container } = open(photo, { media: 'picture', drawing: true });
    expect(container.querySelector('[data-drawing]')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Ký lại' }));
    expect(container.querySelector('[data-drawing]')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Giữ cái đang có' }));
    expect(container.querySelector('[data-file]')).toBeTruthy();
  });

  test('is a path of its points, and a dot where the pen was only set down', () => {
    expect(pathOf([{ x: 1, y: 2 }])).toBe('M1.0 2.0L1.0 2.0');
    expect(
      pathOf([
        { x: 1, y: 2 },
        { x: 3.14, y: 4 },
      ]),
    ).toBe('M1.0 2.0L3.1 4.0');
    expect(pathOf([])).toBe('');
  });
});

test('the longest side of a picture is brought to what the form says, never made longer', () => {
  expect(sizeWithin({ width: 4000, height: 3000 }, 1600)).toEqual({ width: 1600, height: 1200 });
  expect(sizeWithin({ width: 300, height: 4000 }, 1000)).toEqual({ width: 75, height: 1000 });
  expect(sizeWithin({ width: 800, height: 600 }, 1600)).toBeNull();
  expect(sizeWithin({ width: 8000, height: 1 }, 100)).toEqual({ width: 100, height: 1 });
  expect(sizeWithin({ width: 8000, height: 6000 }, null)).toBeNull();
});

test('a name says what kind of file it is', () => {
  expect(fileKind(photo)).toBe('picture');
  expect([fileWords(photo), fileWords(paper), fileWords('x.mp3'), fileWords('x.3gp')]).toEqual([
    'Ảnh',
    'Tệp PDF',
    'Ghi âm',
    'Đoạn phim',
  ]);
  expect(fileWords('nha-0107')).toBe('Tệp');
  expect(accepted(null)).toContain('application/pdf');
});
