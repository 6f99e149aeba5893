/**
 * What counts as a secret, by the name of a field and by the shape of a text. Everything that leaves the process in a
 * log line goes through here.
 */

/** What stands in a secret's place. */
export const CENSOR = '[redacted]'

/** Names that are a secret as a whole, whatever they hold. Compared without case, dashes, dots and underscores. */
const SECRET_NAMES = ['auth', 'cvc', 'cvv', 'dsn', 'jwt', 'otp', 'pass', 'pin', 'pwd', 'sid', 'ssn']

/** Names that are a secret wherever these are a part of them, unless they hold a number or a boolean (`maxTokens: 5`). */
const SECRET_PARTS = [
  'accesskey',
  'apikey',
  'authorization',
  'cardnumber',
  'connectionstring',
  'cookie',
  'credential',
  'creditcard',
  'passphrase',
  'passwd',
  'password',
  'privatekey',
  'secret',
  'sessionid',
  'sessionkey',
  'signingkey',
  'token',
]

/** Bounds what an endless variety of names can make us remember. */
const REMEMBERED_NAMES = 2_000

const WORDS =
  'pass(?:word|wd|phrase)|pwd|secret|token|authorization|cookie|credential|(?:api|access|private|signing|session)[_-]?key|jwt|signature|session[_-]?id'

/** A cheap first look: texts without any of these hold none of the shapes below. */
const SUSPICIOUS = new RegExp(
  `${WORDS}|bearer|basic|eyj|://|key-----|[?&;](?:sig|auth|pin|otp|code|key|sid)=`,
  'i',
)

/** Up to what ends it. One that was masked before stays as it is: texts may pass here twice. */
const VALUE = `(?!\\[redacted\\](?:[\\s&;,"'<>)\\]}]|$))[^\\s&;,"'<>)\\]}]+`

/** The shapes, each without a leading repetition: a long text costs time in proportion to its length. */
const SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
  // Headers and their values: `authorization: Bearer abc`, `Cookie: a=b; c=d`.
  [/\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)[^"'\r\n]+/gi, `$1${CENSOR}`],
  [/\b((?:set-)?cookie["']?\s{0,4}:\s{0,4}["']?)[^"'\r\n]+/gi, `$1${CENSOR}`],
  [/\b((?:bearer|basic)\s{1,4})[\w.~+/=-]{6,}/gi, `$1${CENSOR}`],
  // JSON web tokens and keys in PEM, wherever they stand.
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, CENSOR],
  [
    /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{1,8192}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    `$1${CENSOR}`,
  ],
  // `scheme://user:password@host`.
  [/(:\/\/[^\s/:@?#]{0,256}:)[^\s/@]{1,512}(?=@)/g, `$1${CENSOR}`],
  // Queries, forms and connection strings: `access_token=abc`.
  [new RegExp(`((?:${WORDS})[\\w-]{0,32}=)${VALUE}`, 'gi'), `$1${CENSOR}`],
  [new RegExp(`([?&;](?:sig|auth|pin|otp|code|key|sid)=)${VALUE}`, 'gi'), `$1${CENSOR}`],
  // JSON in a text: `"apiKey": "abc"`, also escaped once more.
  [
    new RegExp(`((?:${WORDS})[\\w-]{0,32}\\\\?["']\\s{0,4}:\\s{0,4}\\\\?["'])[^"'\\\\]+`, 'gi'),
    `$1${CENSOR}`,
  ],
]

/** Decides what is secret. */
export interface Secrets {
  /** Whether the value of a field of this name must not be shown. */
  hides(name: string, value: unknown): boolean
  /** The text with every secret in it that can be told by its shape censored. */
  mask(text: string): string
}

/**
 * Makes the decision for one Sightline.
 *
 * @param redact more names to hide, in any letter case and spelling; of a path such as pino's `user.address.street` or
 * `headers["x-iban"]` its last name counts. `false`: hide nothing
 */
export function createSecrets(redact: readonly string[] | false): Secrets {
  if (redact === false) return { hides: () => false, mask: (text) => text }
  const names = new Set([...SECRET_NAMES, ...redact.flatMap((path) => lastName(path) ?? []).map(plain)])
  const remembered = new Map<string, 'always' | 'texts' | 'never'>()
  const kind = (name: string) => {
    let known = remembered.get(name)
    if (known === undefined) {
      const word = plain(name)
      known = names.has(word)
        ? 'always'
        : SECRET_PARTS.some((part) => word.includes(part))
          ? 'texts'
          : 'never'
      if (remembered.size >= REMEMBERED_NAMES) remembered.clear()
      remembered.set(name, known)
    }
    return known
  }
  return {
    hides(name, value) {
      const hidden = kind(name)
      if (hidden === 'never' || value === undefined || value === null) return false
      return hidden === 'always' || (typeof value !== 'number' && typeof value !== 'boolean')
    },
    mask(text) {
      if (!SUSPICIOUS.test(text)) return text
      let masked = text
      for (const [shape, replacement] of SHAPES) masked = masked.replace(shape, replacement)
      return masked
    },
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

/** A name without what spellings differ in: `Set-Cookie`, `set_cookie` and `setCookie` are one. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]/g, '')
}
