import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

import { useKeys } from '../parts/keys.ts'
import { later } from '../parts/later.tsx'
import { useApp } from '../state/app.ts'
import { copy, linkOf } from '../state/clipboard.ts'
import { MonitorContext, useMonitoring } from './monitor.ts'
import { PLACES, servicePath } from './places.ts'
import { Rail } from './rail.tsx'
import { ToastBox } from './toast.tsx'

const Help = later(async () => (await import('./help.tsx')).Help)
const Palette = later(async () => (await import('./palette.tsx')).Palette)

/** What is around all pages: the rail, the keys, the dialogs and the notice. */
export function Shell({ children }: { children: ComponentChildren }) {
  const app = useApp()
  const { address, time, sightline } = app
  const monitor = useMonitoring()
  const open = useSignal<'help' | 'palette' | undefined>(undefined)
  const close = () => void (open.value = undefined)

  useKeys({
    'mod+k': () => void (open.value = 'palette'),
    '?': () => void (open.value = 'help'),
    '/': focusSearch,
    '[': () => time.shift(-0.5),
    ']': () => time.shift(0.5),
    z: () => time.zoomOut(),
    l: () => time.toggleLive(),
    c: () => void copy(app, linkOf(app), 'Link'),
    j: () => focusRow(1),
    k: () => focusRow(-1),
    Escape: () => (sightline.at.peek() === null ? false : sightline.release()),
    'g s': () => {
      const worst = monitor.services.peek().value?.[0]
      if (worst !== undefined) address.go(address.to(servicePath(worst.name)))
    },
    'g h': () => address.go(address.to('/hub')),
    ...Object.fromEntries(
      PLACES.map(([path, , key]) => [`g ${key}`, () => address.go(address.to(path))] as const),
    ),
  })

  return (
    <MonitorContext.Provider value={monitor}>
      <Rail onFind={() => (open.value = 'palette')} onHelp={() => (open.value = 'help')} />
      {children}
      {open.value === 'help' && <Help onClose={close} />}
      {open.value === 'palette' && <Palette onClose={close} />}
      <ToastBox />
    </MonitorContext.Provider>
  )
}

/** Goes to the search of the page, if it has one. */
function focusSearch(): false | void {
  const field = document.querySelector<HTMLElement>('main :is(.searchbox, .field) input')
  if (field === null) return false
  field.focus()
}

/** Goes to the next or previous row of the table that has the focus, else to the first row of the page. */
function focusRow(step: 1 | -1): false | void {
  const rows = [...document.querySelectorAll<HTMLElement>('main tr[data-row][tabindex]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const row = rows[at === -1 ? 0 : at + step]
  if (row === undefined) return false
  row.focus()
  row.scrollIntoView({ block: 'nearest' })
}
