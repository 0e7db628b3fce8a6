/** The words of the shared parts, following the language of `i18n.svelte.ts`. */
import './i18n.svelte';

export { m } from './paraglide/messages.js';
