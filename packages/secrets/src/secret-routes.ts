import { CENSOR } from './censor.ts'
import { Remembered } from './remembered.ts'
import type { SecretNames } from './secret-names.ts'

/** Limit of the cache, for applications with very many routes. */
const REMEMBERED_ROUTES = 2_000
/** Maximum number of route patterns that are searched in texts. */
const MAX_SHAPES = 100

/** A parameter of a route: `:token`, or `*token` (Express's form for the rest of a path). */
const PARAMETER = /[:*]([A-Za-z_$][\w$]*)/g

interface Segment {
  /** The exact text. `undefined` for a segment with a parameter. */
  readonly literal: string | undefined
  /** The fixed beginning of the segment. */
  readonly beginning: string
  readonly isSecret: boolean
  /** Whether the segment can match several path segments, or none. */
  readonly isOpen: boolean
}

/** Routes with parameters of secret names: `/reset/:token`. */
export class SecretRoutes {
  readonly #names: SecretNames
  /** `null` for a route without such a parameter. */
  readonly #segments: Remembered<string, readonly Segment[] | null>
  readonly #shapes = new Set<string>()
  /** Matches the values of such parameters in texts. `undefined` without such routes. */
  #shape: RegExp | undefined = undefined

  constructor(names: SecretNames) {
    this.#names = names
    this.#segments = new Remembered((route) => this.#learn(route), REMEMBERED_ROUTES)
  }

  /** Registers a route, so that its values are masked in texts before its first request. */
  know(route: string): void {
    this.#segments.get(route)
  }

  /** Censors the secret route values in a text. */
  mask(text: string): string {
    return this.#shape !== undefined && this.mayMask(text) ? text.replace(this.#shape, CENSOR) : text
  }

  /** A cheap test: `false` where `mask` returns the text as it is. */
  mayMask(text: string): boolean {
    return this.#shape !== undefined && text.includes('/')
  }

  /** Masks the path of a request that matched a route. */
  maskPath(path: string, route: string | undefined): string {
    const segments = route === undefined ? null : this.#segments.get(route)
    return segments === null ? path : maskedPath(path, segments)
  }

  #learn(route: string): readonly Segment[] | null {
    const segments = route.split('/').map((segment) => this.#segmentOf(segment))
    if (!segments.some(({ isSecret }) => isSecret)) return null
    for (const shape of shapesOf(segments)) if (this.#shapes.size < MAX_SHAPES) this.#shapes.add(shape)
    if (this.#shapes.size > 0) this.#shape = new RegExp([...this.#shapes].join('|'), 'gi')
    return segments
  }

  #segmentOf(segment: string): Segment {
    const parameters = [...segment.matchAll(PARAMETER)]
    return {
      literal: /[:*?+(){}\\]/.test(segment) ? undefined : segment,
      beginning: segment.replace(/[:*?+(){}\\].*/s, ''),
      isSecret: parameters.some(([, name = '']) => this.#names.secrecyOf(name) !== 'never'),
      isOpen: parameters.length === 0 ? /[*?+(){}\\]/.test(segment) : !/^:[\w$]+$/.test(segment),
    }
  }
}

/**
 * Censors the secret segments of a path. If their position is ambiguous, censors all segments that are not
 * literals.
 */
function maskedPath(path: string, segments: readonly Segment[]): string {
  const parts = path.split('/')
  const open = segments.findIndex(({ isOpen }) => isOpen)
  const fixed = open < 0 ? segments : segments.slice(0, open)
  const offset = [0, ...(open < 0 ? [parts.length - segments.length] : [])].find((each) =>
    // The path may have a prefix that the route does not know: then the route's first, empty segment stands
    // for the prefix.
    fixed.every(
      ({ literal }, i) =>
        literal === undefined || (i === 0 && each > 0) || isLiteral(parts[i + each], literal),
    ),
  )
  const isSecret = (at: number): boolean => {
    if (offset === undefined) return true
    const i = at - offset
    return i < fixed.length
      ? segments[i]?.isSecret === true
      : segments.slice(open).some((each) => each.isSecret)
  }
  const isOfRoute = (part: string) => segments.some(({ beginning }) => isLiteral(part, beginning))
  return parts.map((part, at) => (isSecret(at) && !isOfRoute(part) ? CENSOR : part)).join('/')
}

function isLiteral(part: string | undefined, literal: string): boolean {
  if (part === undefined) return false
  return (
    part.toLowerCase() === literal.toLowerCase() || part.toLowerCase() === encodeURI(literal).toLowerCase()
  )
}

/**
 * Patterns for the secret values of a route in a text. Each is recognized by the text before it, which must
 * contain a literal.
 */
function shapesOf(segments: readonly Segment[]): string[] {
  const shapes: string[] = []
  let before = ''
  let hasLiteral = false
  for (const { literal, isSecret, isOpen } of segments) {
    if (literal !== undefined && literal !== '') hasLiteral = true
    // Does not match the parameter in the route itself.
    if (isSecret && hasLiteral) shapes.push(`(?<=${before})(?![:*{(])[^\\s/?#&"'<>\\\\]+`)
    if (isOpen) return shapes
    before += literal === undefined ? `[^\\s/?#"'<>]{1,256}/` : `${escaped(literal)}/`
  }
  return shapes
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
