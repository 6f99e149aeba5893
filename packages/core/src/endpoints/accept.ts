/** One media range of an `Accept` header. */
export interface MediaRange {
  readonly type: string
  /** Parameters in lower case, such as `version=1.0.0`. */
  readonly parameters: readonly string[]
  /** From 0 to 1. */
  readonly quality: number
}

/** Parses an `Accept` header: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
export function mediaRanges(accept: string | undefined): MediaRange[] {
  if (accept === undefined) return []
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    return { type, parameters, quality: Number.isNaN(quality) ? 0 : quality }
  })
}

/** Whether a header names `type` and does not prefer `other`, which a wildcard may match. */
export function prefers(accept: string | undefined, type: string, other: string): boolean {
  const ranges = mediaRanges(accept)
  const qualityOf = (...names: readonly string[]) => {
    for (const name of names) {
      const named = ranges.find((range) => range.type === name)
      if (named) return named.quality
    }
    return 0
  }
  const quality = qualityOf(type)
  return quality > 0 && quality >= qualityOf(other, `${other.split('/')[0]}/*`, '*/*')
}
