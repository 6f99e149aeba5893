import { expect, test } from '@jest/globals'

import { createFrame } from '../../src/state/frame.ts'

function frames() {
  const requested: Array<() => void> = []
  let now = 0
  const frame = createFrame(
    (draw) => requested.push(draw),
    () => now,
  )
  return {
    frame,
    requested,
    pass: (ms: number) => void (now += ms),
    next: () => requested.shift()?.(),
  }
}

test('draws everything once in one frame, however often it is asked for', () => {
  const { frame, requested, next } = frames()
  const drawn: string[] = []
  const a = () => void drawn.push('a')
  frame.ask(a)
  frame.ask(() => void drawn.push('b'))
  frame.ask(a)
  expect(requested).toHaveLength(1)
  next()
  expect(drawn).toEqual(['a', 'b'])
  expect(requested).toHaveLength(0)
})

test('leaves to the next frame what there is no time for', () => {
  const { frame, requested, pass, next } = frames()
  const drawn: number[] = []
  for (const n of [1, 2, 3])
    frame.ask(() => {
      drawn.push(n)
      pass(10)
    })
  next()
  expect(drawn).toEqual([1, 2])
  expect(requested).toHaveLength(1)
  next()
  expect(drawn).toEqual([1, 2, 3])
})

test('draws in the next frame what is asked for while drawing, and never what was taken back', () => {
  const { frame, next } = frames()
  const drawn: string[] = []
  const dropped = () => void drawn.push('dropped')
  frame.ask(() => {
    drawn.push('first')
    frame.drop(dropped)
  })
  frame.ask(dropped)
  next()
  expect(drawn).toEqual(['first'])
  frame.ask(() => void drawn.push('second'))
  next()
  expect(drawn).toEqual(['first', 'second'])
})
