/** The words of these pages, in the language of the shared parts. */
import { locale } from '@rasoat/shared/i18n.svelte';
import { overwriteGetLocale } from '../paraglide/runtime.js';

export { m } from '../paraglide/messages.js';

overwriteGetLocale(locale);
