import { CENSOR } from './censor.ts'
import { Remembered } from './remembered.ts'
import type { SecretNames } from './secret-names.ts'

/** Bounds what an application with very many routes can make us remember. */
const REMEMBERED_ROUTES = 2_000
/** So many values of routes are looked for in texts. */
const MAX_SHAPES = 100

/** A parameter of a route: `:token`, and `*token` as Express writes the rest of a path. */
const PARAMETER = /[:*]([A-Za-z_$][\w$]*)/g

/** A segment of a route. */
interface Segment {
  /** Stands in the path as it is. `undefined`: it stands for a value. */
  readonly literal: string | undefined
  /** What it begins with, whatever it stands for. */
  readonly beginning: string
  readonly isSecret: boolean
  /** Whether it may stand for several segments of a path, or for none. */
  readonly isOpen: boolean
}

/** Routes that have parameters whose name is secret: `/reset/:token`. */
export class SecretRoutes {
  readonly #names: SecretNames
  /** `null`: the route has no such parameter. */
  readonly #segments: Remembered<string, readonly Segment[] | null>
  readonly #shapes = new Set<string>()
  /** Finds the values of such parameters in texts. `undefined`: there are no such routes. */
  #shape: RegExp | undefined = undefined

  constructor(names: SecretNames) {
    this.#names = names
    this.#segments = new Remembered((route) => this.#learn(route), REMEMBERED_ROUTES)
  }

  /** Has the values of a route known in texts, before the first request for it. */
  know(route: string): void {
    this.#segments.get(route)
  }

  /** The text with the values censored that such routes have in it. */
  mask(text: string): string {
    return this.#shape !== undefined && text.includes('/') ? text.replace(this.#shape, CENSOR) : text
  }

  /** The path of a request that has matched a route. */
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

/** The path with the segments censored that stand for secrets. Where it cannot be told which ones do, all that are no literals. */
function maskedPath(path: string, segments: readonly Segment[]): string {
  const parts = path.split('/')
  const open = segments.findIndex(({ isOpen }) => isOpen)
  const fixed = open < 0 ? segments : segments.slice(0, open)
  const offset = [0, ...(open < 0 ? [parts.length - segments.length] : [])].find((each) =>
    // Where a prefix of the path is not known to the route, the route's first segment, which is empty, stands for it.
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

/** The shapes of a route's secret values in a text: each is known by what is in front of it, if that has a literal. */
function shapesOf(segments: readonly Segment[]): string[] {
  const shapes: string[] = []
  let before = ''
  let hasLiteral = false
  for (const { literal, isSecret, isOpen } of segments) {
    if (literal !== undefined && literal !== '') hasLiteral = true
    // Not what stands for a value in the route itself.
    if (isSecret && hasLiteral) shapes.push(`(?<=${before})(?![:*{(])[^\\s/?#&"'<>\\\\]+`)
    if (isOpen) return shapes
    before += literal === undefined ? `[^\\s/?#"'<>]{1,256}/` : `${escaped(literal)}/`
  }
  return shapes
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
