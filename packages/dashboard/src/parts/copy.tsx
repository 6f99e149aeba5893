import { useApp } from '../state/app.ts'
import { copy, linkOf } from '../state/clipboard.ts'
import { Menu } from './pop.tsx'

/** What a thing is copied as. Is asked for when it is chosen. */
export interface Copies {
  /** Parameters of the address that show the thing, besides those of the page. */
  readonly link?: () => Record<string, string>
  readonly json?: () => unknown
  /** A command, see `curlOf`. */
  readonly curl?: () => string
  /** See `markdownTable`. */
  readonly markdown?: () => string
}

/** The menu that copies a thing as a link, JSON, a command or Markdown. */
export function CopyMenu({ of, class: name = 'btn menu' }: { of: Copies; class?: string }) {
  const app = useApp()
  const { link = () => ({}), json, curl, markdown } = of
  const ways: ReadonlyArray<readonly [string, (() => string) | undefined]> = [
    ['Link', () => linkOf(app, link())],
    ['JSON', json && (() => JSON.stringify(json(), null, 2))],
    ['cURL', curl],
    ['Markdown', markdown],
  ]
  return (
    <Menu
      button="Copy"
      label="Copy as"
      class={name}
      items={ways.flatMap(([text, write]) =>
        write === undefined ? [] : [{ text, run: () => void copy(app, write(), text) }],
      )}
    />
  )
}
