import { computed, effect, type ReadonlySignal, signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import type { Api, Params } from './api.ts'

/** What a page knows of an answer that it asks for again and again. */
export interface Answer<T> {
  /** The newest answer. Stays while the next one is fetched, and when that fails. */
  readonly value: T | undefined
  /** A sentence, if the last request failed. */
  readonly error: string | undefined
  /** A request that the user caused has taken longer than 300 ms: older values are dimmed, and frames appear where there are none. */
  readonly isLate: boolean
  /** When the value arrived, in milliseconds since 1970. */
  readonly since: number | undefined
}

/** Loads something. Is called again when a signal that it reads before its first `await` changes. `undefined`: nothing to load. */
export type Load<T> = (api: Api, signal: AbortSignal) => Promise<T> | undefined

const LATE_MS = 300
const NONE = { value: undefined, error: undefined, isLate: false, since: undefined }

/**
 * Loads an answer when the component appears, and again when a signal that `load` reads changes. An answer that arrives after the next
 * request began is dropped. A beat of a live page waits for a request that is under way, so that a slow hub gets to answer.
 *
 * @param load Reads the signals it depends on, `time.beat` among them if the answer is to stay fresh. Other values that it uses must not
 *   change while the component exists: give the component a `key` made of them
 */
export function useLoaded<T>(load: Load<T>): { answer: ReadonlySignal<Answer<T>>; retry: () => void } {
  const { address, api, time, loading } = useApp()
  const answer = useSignal<Answer<T>>(NONE)
  const tries = useSignal(0)
  const latest = useRef(load)
  latest.current = load

  useEffect(() => {
    let underWay: AbortController | undefined
    let isDue = false
    let lastBeat = time.beat.peek()
    let lastDue = 0

    function request(isGoingOn: boolean): void {
      underWay?.abort()
      const aborting = (underWay = new AbortController())
      const { signal: aborted } = aborting
      const promise = latest.current(api, aborted)
      if (promise === undefined) return void (underWay = undefined)
      const isFirst = answer.peek().since === undefined
      if (isFirst) loading.value = loading.peek() + 1
      const late = setTimeout(() => {
        // What the user did not ask for anew is not dimmed: the values are those of a moment ago.
        if (!aborted.aborted && (!isGoingOn || isFirst)) answer.value = { ...answer.peek(), isLate: true }
      }, LATE_MS)
      promise
        .then(
          (value) => {
            if (!aborted.aborted) answer.value = { value, error: undefined, isLate: false, since: Date.now() }
          },
          (error: unknown) => {
            if (aborted.aborted) return
            const sentence = error instanceof Error ? error.message : String(error)
            answer.value = { ...answer.peek(), error: sentence, isLate: false }
          },
        )
        .finally(() => {
          clearTimeout(late)
          if (isFirst) loading.value = loading.peek() - 1
          if (underWay !== aborting) return
          underWay = undefined
          if (isDue) due.value++
        })
    }

    const due = signal(0)
    const stop = effect(() => {
      void tries.value
      void due.value
      const isBeat = time.beat.peek() !== lastBeat
      const isGoingOn = isBeat || due.peek() !== lastDue
      lastBeat = time.beat.peek()
      lastDue = due.peek()
      isDue = isBeat && underWay !== undefined
      if (!isDue) return request(isGoingOn)
      // `load` is not called, which reads the signals that it depends on. What users change is in the address.
      void address.params.value
    })
    return () => {
      stop()
      underWay?.abort()
    }
  }, [address, api, time, loading])

  return useMemo(() => ({ answer, retry: () => void tries.value++ }), [])
}

/**
 * Loads a path of the API when the component appears, when a signal that `request` reads changes, and with each beat of a live page.
 *
 * @param request The path and its parameters; `undefined`: nothing to ask for
 */
export function useAnswer<T>(request: () => readonly [path: string, params?: Params] | undefined): {
  answer: ReadonlySignal<Answer<T>>
  retry: () => void
} {
  const { time } = useApp()
  return useLoaded<T>((api, aborted) => {
    void time.beat.value
    const [path, params] = request() ?? []
    return path === undefined ? undefined : api.get<T>(path, params, aborted)
  })
}

/** An answer made of another one. */
export function mapAnswer<T, U>(
  answer: ReadonlySignal<Answer<T>>,
  to: (value: T) => U,
): ReadonlySignal<Answer<U>> {
  return computed(() => {
    const { value, ...rest } = answer.value
    return { ...rest, value: value === undefined ? undefined : to(value) }
  })
}
