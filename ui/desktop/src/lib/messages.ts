/** The laptop's words, following the language of the shared parts. */
import { locale } from '@rasoat/shared/i18n.svelte';
import { overwriteGetLocale } from '../paraglide/runtime.js';

overwriteGetLocale(locale);

export { m } from '../paraglide/messages.js';
