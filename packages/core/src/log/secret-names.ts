/** The one rule for what a secret is called, wherever a name stands beside a value. */
import { Remembered } from './remembered.ts'

/** Names that are a secret as a whole, whatever they hold. Compared without case, dashes, dots and underscores. */
const SECRET_NAMES = new Set(['auth', 'cvc', 'cvv', 'dsn', 'jwt', 'otp', 'pass', 'pin', 'pwd', 'sid', 'ssn'])

/** Names that are a secret wherever these are a part of them, unless they hold a number or a boolean (`maxTokens: 5`). */
const SECRET_PARTS = [
  'accesskey',
  'accountkey',
  'apikey',
  'authkey',
  'authorization',
  'cardnumber',
  'connectionstring',
  'cookie',
  'credential',
  'creditcard',
  'encryptionkey',
  'masterkey',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'pincode',
  'privatekey',
  'secret',
  'securitycode',
  'sessid',
  'sessionid',
  'sessionkey',
  'sharedkey',
  'signingkey',
  'subscriptionkey',
  'token',
]

/** Those of them that are made of digits as often as not: a name that ends in one is a secret also where it holds a number. */
const SECRET_DIGITS = [
  'cardnumber',
  'creditcard',
  'passcode',
  'passwd',
  'password',
  'pincode',
  'securitycode',
]

/**
 * Words that make a secret of a name that ends in them (`db_pass`, `cardCvv`, `connect.sid`): too short to be looked for
 * within other words, such as `passenger`, `compass` and `aside`.
 */
const SECRET_WORDS = new Set([...SECRET_NAMES, 'creds', 'csrf', 'hmac', 'sig', 'signature', 'totp', 'xsrf'])

/** Words behind those that do not change what the value is: `pinCode`, `auth_header`, `pass-confirm`. */
const COMPLEMENTS = new Set([
  'code',
  'confirm',
  'confirmation',
  'hash',
  'header',
  'new',
  'number',
  'old',
  'value',
])

/** Names of parameters in queries and forms that are secrets there alone: a field `code` may say `ECONNREFUSED`. */
const SECRET_PARAMETERS = new Set(['code', 'key'])

/** Bounds what an endless variety of names can make us remember. */
const REMEMBERED_NAMES = 1_000
/** Of a longer name its ends count, and it is not remembered. */
const MAX_NAME = 256

/**
 * What a name says of its value: a secret whatever it is (`always`), unless it is a boolean (`numbers`: `hasPin: true`), unless
 * it is a number or a boolean (`texts`: `maxTokens: 5`), or no secret.
 */
export type Secrecy = 'always' | 'numbers' | 'texts' | 'never'

/** Whether a value under a name of that secrecy must not be shown. */
export function isHidden(secrecy: Secrecy, value: unknown): boolean {
  if (secrecy === 'never' || value === undefined || value === null) return false
  if (secrecy === 'always') return true
  return typeof value !== 'boolean' && (secrecy === 'numbers' || typeof value !== 'number')
}

/** Tells secret names from others. */
export interface SecretNames {
  secrecyOf(name: string): Secrecy
  /** The same for a parameter of a query or of a form, which may have brackets: `card[cvv]`. */
  secrecyOfParameter(name: string): Secrecy
}

/** @param more names that are a secret as a whole */
export function secretNames(more: readonly string[]): SecretNames {
  const names = new Set([...SECRET_NAMES, ...more.map(plain).filter((name) => name !== '')])
  const judge = (name: string): Secrecy => {
    const word = plain(name)
    // `card[cvv]` and `user.pin`: the last name of a path is a name as a whole.
    if (names.has(word) || names.has(plain(lastOf(name)))) return 'always'
    const words = wordsOf(name)
    const last = words.at(-1) ?? ''
    if (SECRET_WORDS.has(last) || SECRET_DIGITS.some((part) => word.endsWith(part))) return 'numbers'
    if (COMPLEMENTS.has(last) && SECRET_WORDS.has(words.at(-2) ?? '')) return 'texts'
    return SECRET_PARTS.some((part) => word.includes(part)) ? 'texts' : 'never'
  }
  const remembered = new Remembered(judge, REMEMBERED_NAMES)
  const secrecyOf = (name: string): Secrecy =>
    name.length <= MAX_NAME
      ? remembered.get(name)
      : judge(`${name.slice(0, MAX_NAME / 2)}.${name.slice(-MAX_NAME / 2)}`)
  return {
    secrecyOf,
    secrecyOfParameter: (name) => (SECRET_PARAMETERS.has(name.toLowerCase()) ? 'texts' : secrecyOf(name)),
  }
}

/** A name without what spellings differ in: `Set-Cookie`, `set_cookie` and `setCookie` are one. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** The last name of `card[cvv]`, `items[0][pin]` and `user.pin`; an index is none. */
function lastOf(name: string): string {
  return name.split(/[.[\]]/).findLast((part) => part !== '' && !/^\d+$/.test(part)) ?? ''
}

/** The words of a name: `dbPass`, `DB_PASS` and `db-pass2` have the same two. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}
