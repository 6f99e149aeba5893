import type { App } from './app.ts'

/**
 * Copies a text. Pages that a hub serves without TLS to another machine have no clipboard of the browser, so that the text is copied from
 * a field there.
 */
export async function copy({ toast }: Pick<App, 'toast'>, text: string, what: string): Promise<void> {
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  )
  toast.say(isCopied === true || copyField(text) ? `${what} copied` : 'The browser does not allow to copy.')
}

function copyField(text: string): boolean {
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  // Within a dialog that is open, only its own content can have the focus.
  ;(document.querySelector('dialog[open]') ?? document.body).append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return isCopied
}

/** The address of this page with its range made absolute, so that others see the same. */
export function linkOf(
  { address, time }: Pick<App, 'address' | 'time'>,
  changes: Record<string, string> = {},
): string {
  const { from, to } = time.span.peek()
  const [start, end] = [String(Math.round(from)), String(Math.round(to))]
  return (
    location.origin + address.here({ r: null, live: null, theme: null, from: start, to: end, ...changes })
  )
}
