/** The province's server as a page sees it. */
export { Client, CSRF_HEADER, type ClientOptions } from './client';
export { type Made, type Told, type Waiting } from './file';
export { ApiError, type ClientCode } from './problem';
export type { components } from './schema';
