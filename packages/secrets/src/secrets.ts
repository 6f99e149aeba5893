/**
 * The rules for secrets, by field name and by the shape of a text. Everything that leaves the process in a
 * log line passes through here.
 */
import { CENSOR } from './censor.ts'
import { maskEncoded, mayHideSecrets } from './encoded.ts'
import { maskPairs } from './pairs.ts'
import { maskRows } from './rows.ts'
import { isHidden, secretNames } from './secret-names.ts'
import { SecretRoutes } from './secret-routes.ts'

export { CENSOR } from './censor.ts'

/** A cheap test: a text without any of these holds no recognizable secret. */
const SUSPICIOUS = /[:=>]|--|["'`],|bearer|basic|eyj|entry '|password\s|identified by/i

/** The same test for `SHAPES`. */
const SHAPED = /bearer|basic|eyj|-----|:\/\/|\s-u|--user/i

/** Shapes of secrets without a name. None begins with a repetition, so that matching runs in linear time. */
const SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b((?:bearer|basic)\s{1,4})[\w.~+/=-]{6,}/gi, `$1${CENSOR}`],
  // JSON web tokens and PEM keys.
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, CENSOR],
  [
    /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{1,8192}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    `$1${CENSOR}`,
  ],
  // A user of HTTP without a password is a token: `https://ghp_a1b2@github.com/shop.git`.
  [/(\bhttps?:\/\/)[^\s/:@?#"'<>]{1,256}(?=@|:@|:x-oauth-basic@)/gi, `$1${CENSOR}`],
  // `scheme://user:password@host`, where the password itself may contain an `@`.
  [/(:\/\/[^\s/:@?#"'<>]{0,256}:)[^\s/?#"'<>]{1,512}(?=@)/g, `$1${CENSOR}`],
  // `curl -u user:password`.
  [/(\s(?:-u|--user)[\s=]["']?[^\s:"']{1,256}:)[^\s"']+/g, `$1${CENSOR}`],
]

export interface Secrets {
  /** Whether the value of a field with this name must be hidden. */
  hides(name: string, value: unknown): boolean
  /** The same for a parameter of a query or form. */
  hidesParameter(name: string, value: unknown): boolean
  /** Censors each secret that the text's shape reveals. */
  mask(text: string): string
  /** A cheap test: `false` where `mask` returns the text as it is. */
  mayMask(text: string): boolean
  /** Censors the values of secret route parameters in the path of a request: `/reset/:token`. */
  maskPath(path: string, route: string | undefined): string
  /** Registers a route, so that the values of its secret parameters are masked in texts, such as a `Referer`. */
  know(route: string): void
}

/**
 * Creates the rules of one Sightline.
 *
 * @param redact further names to hide, in any case and spelling. For a path such as pino's
 * `user.address.street` or `headers["x-iban"]`, the last name counts. `false`: hide nothing
 */
export function createSecrets(redact: readonly string[] | false): Secrets {
  if (redact === false) {
    return {
      hides: () => false,
      hidesParameter: () => false,
      mask: (text) => text,
      mayMask: () => false,
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
    mayMask: (text) => SUSPICIOUS.test(text) || mayHideSecrets(text) || routes.mayMask(text),
    maskPath: (path, route) => mask(routes.maskPath(path, route)),
    know: (route) => routes.know(route),
  }
}

/** A name in a pino path: `.name`, `[name]`, or quoted if it contains a dot. */
const SEGMENT =
  /(?:^|\.)(?<name>[^.[\]]+)|\[(?<quote>["'`])(?<quoted>.+?)\k<quote>\]|\[(?<bracketed>[^[\]"'`]+)\]/gy

/** The last name of a field path. `undefined` if the path ends in a wildcard (`*`) or a list index, or is invalid. */
export function lastName(path: string): string | undefined {
  const last = [...path.matchAll(SEGMENT)].at(-1)
  if (last === undefined || last.index + last[0].length < path.length) return undefined
  const name = last.groups?.name ?? last.groups?.quoted ?? last.groups?.bracketed
  return name === undefined || /\*|^\d+$/.test(name) ? undefined : name
}
