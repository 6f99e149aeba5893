/**
 * What counts as a secret, by the name of a field and by the shape of a text. Everything that leaves the process in a
 * log line goes through here.
 */
import { CENSOR } from './censor.ts'
import { maskEncoded, mayHideSecrets } from './encoded.ts'
import { maskPairs } from './pairs.ts'
import { maskRows } from './rows.ts'
import { isHidden, secretNames } from './secret-names.ts'
import { SecretRoutes } from './secret-routes.ts'

export { CENSOR } from './censor.ts'

/** A cheap first look: texts without any of these hold no secret that can be told by its shape. */
const SUSPICIOUS = /[:=>]|--|["'`],|bearer|basic|eyj|entry '|password\s|identified by/i

/** The same for the shapes below. */
const SHAPED = /bearer|basic|eyj|-----|:\/\/|\s-u|--user/i

/** The shapes of secrets that have no name, each without a leading repetition: a long text costs time in proportion to its length. */
const SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b((?:bearer|basic)\s{1,4})[\w.~+/=-]{6,}/gi, `$1${CENSOR}`],
  // JSON web tokens and keys in PEM, wherever they stand.
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, CENSOR],
  [
    /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{1,8192}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    `$1${CENSOR}`,
  ],
  // A user of HTTP without a password is a token: `https://ghp_a1b2@github.com/shop.git`.
  [/(\bhttps?:\/\/)[^\s/:@?#"'<>]{1,256}(?=@|:@|:x-oauth-basic@)/gi, `$1${CENSOR}`],
  // `scheme://user:password@host`, where the password may have an `@` itself.
  [/(:\/\/[^\s/:@?#"'<>]{0,256}:)[^\s/?#"'<>]{1,512}(?=@)/g, `$1${CENSOR}`],
  // `curl -u user:password`.
  [/(\s(?:-u|--user)[\s=]["']?[^\s:"']{1,256}:)[^\s"']+/g, `$1${CENSOR}`],
]

/** Decides what is secret. */
export interface Secrets {
  /** Whether the value of a field of this name must not be shown. */
  hides(name: string, value: unknown): boolean
  /** The same for a parameter of a query or of a form. */
  hidesParameter(name: string, value: unknown): boolean
  /** The text with every secret in it that can be told by its shape censored. */
  mask(text: string): string
  /** The path of a request, with the values of the route's parameters censored whose name is secret: `/reset/:token`. */
  maskPath(path: string, route: string | undefined): string
  /** Tells of routes, so that the values of their secret parameters are known in texts too, such as a `Referer`. */
  know(route: string): void
}

/**
 * Makes the decision for one Sightline.
 *
 * @param redact more names to hide, in any letter case and spelling; of a path such as pino's `user.address.street` or
 * `headers["x-iban"]` its last name counts. `false`: hide nothing
 */
export function createSecrets(redact: readonly string[] | false): Secrets {
  if (redact === false) {
    return {
      hides: () => false,
      hidesParameter: () => false,
      mask: (text) => text,
      maskPath: (path) => path,
      know: () => {},
    }
  }
  const names = secretNames(redact.flatMap((path) => lastName(path) ?? []))
  const routes = new SecretRoutes(names)

  function maskShapes(text: string): string {
    let masked = routes.mask(text)
    if (!SUSPICIOUS.test(text)) return masked
    if (SHAPED.test(text))
      for (const [shape, replacement] of SHAPES) masked = masked.replace(shape, replacement)
    return maskPairs(maskRows(masked, names), names)
  }

  function mask(text: string): string {
    const masked = maskShapes(text)
    return mayHideSecrets(masked) ? maskEncoded(masked, maskShapes) : masked
  }

  return {
    hides: (name, value) => isHidden(names.secrecyOf(name), value),
    hidesParameter: (name, value) => isHidden(names.secrecyOfParameter(name), value),
    mask,
    maskPath: (path, route) => mask(routes.maskPath(path, route)),
    know: (route) => routes.know(route),
  }
}

/** One name of a path as pino reads it: `.name`, `[name]`, or between quotes where it may hold a dot. */
const SEGMENT =
  /(?:^|\.)(?<name>[^.[\]]+)|\[(?<quote>["'`])(?<quoted>.+?)\k<quote>\]|\[(?<bracketed>[^[\]"'`]+)\]/gy

/**
 * The last name of a path of fields. `undefined`: it ends in none, but in all of them (`*`), in an item of a list, or in
 * what is no path at all.
 */
export function lastName(path: string): string | undefined {
  const last = [...path.matchAll(SEGMENT)].at(-1)
  if (last === undefined || last.index + last[0].length < path.length) return undefined
  const name = last.groups?.name ?? last.groups?.quoted ?? last.groups?.bracketed
  return name === undefined || /\*|^\d+$/.test(name) ? undefined : name
}
