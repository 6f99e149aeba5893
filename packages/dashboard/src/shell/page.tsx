import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect } from 'preact/hooks'

import { useApp } from '../state/app.ts'
import { Tools } from './tools.tsx'

/** The frame of a page: its header with the way to it, title, state and time range, and its content. */
export function Page({
  title,
  crumbs,
  state,
  tools,
  isFilling = false,
  children,
}: {
  title: string
  /** The pages above it. */
  crumbs?: ReadonlyArray<{ readonly text: string; readonly href: string }>
  /** What stands after the title, such as the state of a service. */
  state?: ComponentChildren
  /** Replaces the time range and the live switch. */
  tools?: ComponentChildren
  /** Whether the content has the height of the window and scrolls inside. */
  isFilling?: boolean
  children: ComponentChildren
}) {
  const { loading } = useApp()
  // The parts of the page begin to load in effects, which run before this one.
  const hasBegun = useSignal(false)
  useEffect(() => void (hasBegun.value = true), [hasBegun])
  useLayoutEffect(() => {
    document.title = title === 'Overview' ? 'Sightline' : `${title} - Sightline`
  }, [title])
  return (
    <div class="col">
      <header class="bar">
        <div class="where">
          {crumbs?.map(({ text, href }) => (
            <a key={href} href={href}>
              {text}
            </a>
          ))}
          <h1 class="clip" title={title}>
            {title}
          </h1>
          {state}
        </div>
        {tools ?? <Tools />}
      </header>
      <main id="main" aria-busy={!hasBegun.value || loading.value > 0} class={isFilling ? 'fill' : ''}>
        {children}
      </main>
    </div>
  )
}
