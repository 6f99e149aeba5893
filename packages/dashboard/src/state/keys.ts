/** What a key does. Returns `false` where the key means nothing now: the binding made before it is asked. */
export type KeyAction = (event: KeyboardEvent) => false | void

/** The keys of the page. A part binds its keys while it is shown, and the newest binding of a key goes first. */
export interface Keys {
  /**
   * Binds keys until the returned function is called.
   *
   * @param actions By key as `KeyboardEvent.key` names it, by `g` and a second key (`g o`), or by `mod+k` for Ctrl or Cmd
   */
  bind(actions: Readonly<Record<string, KeyAction>>): () => void
}

/**
 * Keys are not seen while a dialog is open or a field has the focus (but for those with `mod+`), nor when a widget has called
 * `preventDefault` for them.
 */
export function createKeys(page: Pick<Document, 'addEventListener'>): Keys {
  const bindings: Array<Readonly<Record<string, KeyAction>>> = []
  let isGoing = false

  page.addEventListener('keydown', (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, target } = event
    if (event.defaultPrevented || event.isComposing || altKey) return
    const isMod = ctrlKey || metaKey
    const element = target as { closest?: (selector: string) => unknown; isContentEditable?: boolean } | null
    if (element?.closest?.('dialog[open]')) return
    if (!isMod && (element?.closest?.('input, textarea, select') || element?.isContentEditable)) return
    const name = isMod ? `mod+${key.toLowerCase()}` : isGoing ? `g ${key}` : key
    isGoing = name === 'g'
    for (const actions of bindings.toReversed()) {
      const act = Object.hasOwn(actions, name) ? actions[name] : undefined
      if (act === undefined || act(event) === false) continue
      event.preventDefault()
      return
    }
  })

  return {
    bind(actions) {
      bindings.push(actions)
      return () => void bindings.splice(bindings.lastIndexOf(actions), 1)
    },
  }
}
