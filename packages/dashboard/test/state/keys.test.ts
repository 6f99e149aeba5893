import { beforeEach, describe, expect, it } from '@jest/globals'

import { createKeys, type Keys } from '../../src/state/keys.ts'

describe('the keys of the page', () => {
  let keys: Keys
  let page: EventTarget
  const pressed: string[] = []

  class Press extends Event {
    readonly key: string
    readonly ctrlKey: boolean
    readonly metaKey = false
    readonly altKey = false
    readonly isComposing = false
    constructor(key: string, ctrlKey: boolean) {
      super('keydown', { cancelable: true })
      this.key = key
      this.ctrlKey = ctrlKey
    }
  }
  const press = (key: string, isCtrl = false) => !page.dispatchEvent(new Press(key, isCtrl))
  const note = (text: string) => () => void pressed.push(text)

  beforeEach(() => {
    page = new EventTarget()
    pressed.length = 0
    // Only the one method is used.
    keys = createKeys(page as Document)
  })

  it('asks the newest binding first, and the one before if that does nothing', () => {
    let isOpen = true
    keys.bind({ Escape: note('page') })
    keys.bind({ Escape: () => (isOpen ? note('sheet')() : false) })
    press('Escape')
    isOpen = false
    press('Escape')
    expect(pressed).toEqual(['sheet', 'page'])
  })

  it('goes with two keys, and forgets the first one after another key', () => {
    keys.bind({ 'g o': note('overview'), o: note('open') })
    for (const key of ['g', 'o', 'o', 'g', 'x', 'o']) press(key)
    expect(pressed).toEqual(['overview', 'open', 'open'])
  })

  it('takes a key from the browser only if it is bound', () => {
    const unbind = keys.bind({ 'mod+k': note('find') })
    expect(press('k', true)).toBe(true)
    expect(press('k')).toBe(false)
    unbind()
    expect(press('k', true)).toBe(false)
    expect(pressed).toEqual(['find'])
  })

  it('does not take names of properties of objects for keys', () => {
    keys.bind({})
    expect(press('toString')).toBe(false)
  })
})
