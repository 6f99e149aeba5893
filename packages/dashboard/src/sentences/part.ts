import type { Changes } from '../state/address.ts'

/** A part of a sentence. A text alone is ours; what was received, or leads somewhere, is an object. */
export type Part =
  | string
  | {
      readonly text: string
      /** `name`: what a service sent. `code`: what the machine wrote. `strong`: what the sentence is about. `bad`: a figure that is wrong. */
      readonly as: 'name' | 'code' | 'strong' | 'bad' | 'link'
      /** The page that proves it. */
      readonly path?: string
      readonly params?: Changes
    }

/** A page that proves a sentence. */
export interface Evidence {
  readonly text: string
  readonly path: string
  readonly params?: Changes
}

/** A sentence as text, for titles and tests. */
export const plainOf = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : part.text)).join('')
