import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import { type Api, createApi } from '../api/api.ts'
import { createPalette, type Palette } from '../charts/canvas/palette.ts'
import { type Address, createAddress } from './address.ts'
import { createFrame, type Frame } from './frame.ts'
import { createKeys, type Keys } from './keys.ts'
import { createLive, type Live } from './live.ts'
import { createSightline, type Sightline } from './sightline.ts'
import { createTheme, type Theme } from './theme.ts'
import { createTime, type Time } from './time.ts'
import { createToast, type Toast } from './toast.ts'

/** What all parts of the page share. */
export interface App {
  readonly address: Address
  readonly time: Time
  readonly sightline: Sightline
  readonly api: Api
  readonly live: Live
  readonly theme: Theme
  readonly keys: Keys
  readonly toast: Toast
  /** The theme's colours for canvases. */
  readonly palette: ReadonlySignal<Palette>
  /** Draws all charts together. */
  readonly frame: Frame
  /** Requests under way for parts of the page that have nothing to show yet. */
  readonly loading: Signal<number>
  /** OTLP of a file that was dropped, which the page of a trace shows. */
  readonly imported: Signal<unknown>
}

/** Creates the state of a page in a browser's window. */
export function createApp(page: Window): App {
  const address = createAddress(page.location.pathname + page.location.search)
  const time = createTime(address, Date.now())
  const theme = createTheme(address, page)
  return {
    address,
    time,
    sightline: createSightline(address, time),
    api: createApi((input, init) => page.fetch(input, init)),
    live: createLive((url) => new EventSource(url)),
    keys: createKeys(page.document),
    toast: createToast(),
    theme,
    palette: createPalette(theme, page.document),
    frame: createFrame((draw) => page.requestAnimationFrame(draw)),
    loading: signal(0),
    imported: signal(undefined),
  }
}

export const AppContext = createContext<App | undefined>(undefined)

/** The state of the page that a component is on. */
export function useApp(): App {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('useApp needs an AppContext around the component')
  return app
}
