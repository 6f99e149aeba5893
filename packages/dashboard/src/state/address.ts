import { computed, type ReadonlySignal, signal } from '@preact/signals'

/** Parameters that go along to other pages. */
const KEPT = ['r', 'from', 'to', 'step', 'cmp', 'env', 'live', 'theme']

/** Changes of parameters. `null` removes one. */
export type Changes = Readonly<Record<string, string | null>>

/** The address of the page. All that is seen is in it, so that it can be sent to others. */
export interface Address {
  readonly path: ReadonlySignal<string>
  readonly params: ReadonlySignal<URLSearchParams>
  /** The address of a page in the same time range and environment. Without its other parameters. */
  to(path: string, params?: Changes): string
  /** The address of this page with other parameters. */
  here(changes: Changes): string
  /** Goes to an address of `to`. The page before is reached with "back". */
  go(url: string): void
  /** Changes parameters of this page. "Back" does not stop at the state before. */
  adjust(changes: Changes): void
  /** Is told by the router where it is, and how to change that. */
  connect(url: string, route: (url: string, replace?: boolean) => void): void
}

/**
 * @param url The path and the parameters at the start
 */
export function createAddress(url: string): Address {
  const current = signal(url)
  const parts = computed(() => new URL(current.value, 'http://hub'))
  const path = computed(() => parts.value.pathname)
  const params = computed(() => parts.value.searchParams)
  let route: (url: string, replace?: boolean) => void = (next) => {
    current.value = next
  }

  const written = (to: string, search: URLSearchParams) => (search.size === 0 ? to : `${to}?${search}`)

  return {
    path,
    params,
    to(to, changes = {}) {
      const kept = new URLSearchParams()
      for (const name of KEPT) {
        const value = params.value.get(name)
        if (value !== null) kept.set(name, value)
      }
      return written(to, changed(kept, changes))
    },
    here: (changes) => written(path.value, changed(new URLSearchParams(params.value), changes)),
    go: (to) => route(to),
    adjust(changes) {
      const next = written(path.peek(), changed(new URLSearchParams(params.peek()), changes))
      if (next === current.peek()) return
      // The router says it later. A second change of the same turn must see this one.
      current.value = next
      route(next, true)
    },
    connect(next, through) {
      current.value = next
      route = through
    },
  }
}

function changed(params: URLSearchParams, changes: Changes): URLSearchParams {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name)
    else params.set(name, value)
  }
  return params
}
