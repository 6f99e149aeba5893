import { useEffect, useRef } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import type { KeyAction } from '../state/keys.ts'

/** Binds keys of the page while the component is shown. The set of keys must stay the same; what they do may change. */
export function useKeys(actions: Readonly<Record<string, KeyAction>>): void {
  const { keys } = useApp()
  const latest = useRef(actions)
  latest.current = actions
  useEffect(
    () =>
      keys.bind(
        Object.fromEntries(
          Object.keys(latest.current).map((name) => [
            name,
            (event: KeyboardEvent) => latest.current[name]?.(event),
          ]),
        ),
      ),
    [keys],
  )
}
