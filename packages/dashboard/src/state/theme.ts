import { computed, type ReadonlySignal, signal } from '@preact/signals'

import type { Address } from './address.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

/** The colours of the page: the system's, or those that the user chose. `theme=` in the address goes before the choice. */
export interface Theme {
  readonly choice: ReadonlySignal<ThemeChoice>
  /** Rises when the colours change: canvases have to be drawn again. */
  readonly version: ReadonlySignal<number>
  choose(choice: ThemeChoice): void
}

const KEY = 'sightline.theme'

/** Creates the theme and applies it to the page. */
export function createTheme(address: Address, page: Window): Theme {
  const saved = signal(themeFrom(page.localStorage.getItem(KEY)) ?? 'system')
  const choice = computed(() => themeFrom(address.params.value.get('theme')) ?? saved.value)
  const version = signal(0)
  choice.subscribe((value) => {
    const { dataset } = page.document.documentElement
    if (value === 'system') delete dataset['theme']
    else dataset['theme'] = value
    version.value++
  })
  page.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => void version.value++)
  return {
    choice,
    version,
    choose(next) {
      page.localStorage.setItem(KEY, next)
      saved.value = next
      address.adjust({ theme: null })
    },
  }
}

function themeFrom(text: string | null): ThemeChoice | undefined {
  return text === 'system' || text === 'light' || text === 'dark' ? text : undefined
}
