/** The path and query of a request. The path is still percent-encoded. */
export interface Target {
  readonly path: string
  readonly query: URLSearchParams
}

/** A PromQL text of 8 KiB fits, even when each of its bytes is percent-encoded. */
const LONGEST = 25 * 1_024

/**
 * Reads a request target in origin form (RFC 9112, section 3.2.1). Never throws: `new URL` throws on `//x:y@[/`.
 *
 * @returns the target, or the status of the answer to a target that is invalid or too long
 */
export function targetOf(url: string | undefined): Target | 400 | 414 {
  if (url === undefined || !url.startsWith('/')) return 400
  if (url.length > LONGEST) return 414
  const mark = url.indexOf('?')
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}
