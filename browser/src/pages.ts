/** The pages that need no id. */
export const PAGES = [
  '/',
  '/traces',
  '/logs',
  '/errors',
  '/explore',
  '/business',
  '/map',
  '/alerts',
  '/hub',
] as const
