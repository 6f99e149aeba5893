// Checked by `tsc`, never run: what applications may declare of their fields, and what the declaration then forbids.
import type { Context, Fields, Observation, Scope } from '@sightline/core'

declare module '@sightline/core' {
  interface Fields {
    /** Declared here only, so that no other test is bound by it. */
    declaredTenant?: string
    declaredCart?: { readonly items: number }
  }
}

declare const context: Context
declare const observation: Observation
declare const scope: Scope

// What is declared is checked, wherever fields are handed over.
context.set({ declaredTenant: 'acme', declaredCart: { items: 3 } })
// @ts-expect-error a tenant is a text
context.set({ declaredTenant: 7 })
// @ts-expect-error a cart has items
observation.set({ declaredCart: {} })
// @ts-expect-error a tenant is a text
context.run({ declaredTenant: 7 }, () => {})

// What is not declared is allowed: libraries and one-off fields need no declaration.
context.set({ anything: Symbol('else') })

// What is declared is known where it is read; anything else has to be looked at first.
export const tenant: string | undefined = scope.fields.declaredTenant
// @ts-expect-error nobody has said what it is
export const other: string = scope.fields.anything
export const field: Fields = { declaredTenant: 'acme', anything: 1 }
