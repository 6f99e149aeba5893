import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { age } from '../format/times.ts'
import { useApp } from '../state/app.ts'

/** How long the dot shows that a frame has arrived. */
const BEAT_MS = 150

/** The live switch: the age of the last frame, and whether the stream is lost. */
export function LiveSwitch() {
  const { time, live } = useApp()
  const now = useSignal(Date.now())
  const isBeating = useSignal(false)
  const isLost = live.state.value === 'broken'
  const said = useComputed(() => {
    if (time.held.value) return 'paused'
    const last = live.lastFrame.value
    const since = last === undefined ? undefined : age(Math.max(0, now.value - last))
    if (isLost) return since === undefined ? 'lost' : `lost ${since}`
    return time.live.value ? (since ?? 'waiting') : 'off'
  })

  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [now])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.lastFrame.subscribe((last) => {
      if (last === undefined) return
      isBeating.value = true
      clearTimeout(timer)
      timer = setTimeout(() => (isBeating.value = false), BEAT_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [live, isBeating])

  return (
    <button
      type="button"
      class={isBeating.value && time.live.value ? 'live beat' : 'live'}
      role="switch"
      aria-checked={time.live.value && !time.held.value}
      title={isLost ? 'The stream of the hub is lost. It is tried again every few seconds.' : undefined}
      onClick={() => time.toggleLive()}
    >
      <i />
      Live <span class={isLost ? 'small warn' : 'small'}>{said}</span>
    </button>
  )
}
