import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

import { useApp } from '../state/app.ts'

/**
 * A component whose code is loaded when it is first shown, for what most visits of a page do not need. Shows nothing until then. That it
 * could not be loaded is said in the notice.
 *
 * @param load Imports the module and returns its component. The browser keeps modules, so that it is called each time
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return function Later(props: P) {
    const { toast } = useApp()
    const loaded = useSignal<{ readonly Component: ComponentType<P> } | undefined>(undefined)
    useEffect(() => {
      load().then(
        (Component) => (loaded.value = { Component }),
        () => toast.say('This could not be loaded. Load the page again.'),
      )
    }, [])
    const { Component } = loaded.value ?? {}
    return Component === undefined ? null : <Component {...props} />
  }
}
