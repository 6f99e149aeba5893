/** Codes of `google.rpc.Code` for HTTP statuses: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
}
const UNKNOWN = 2

/** The code of a `google.rpc.Status` for an HTTP status. */
export function rpcCodeOf(status: number): number {
  return CODES[status] ?? UNKNOWN
}
