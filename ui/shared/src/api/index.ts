/** The province's server as a page sees it. */
export { Client, CSRF_HEADER, type ClientOptions } from './client';
export { ApiError, type ClientCode } from './problem';
export type { components } from './schema';
