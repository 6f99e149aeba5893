import { expect, it } from '@jest/globals'

import { PARTS, wishesFrom } from '../src/arguments.ts'

it('measures all parts where none is named', () => {
  expect(wishesFrom([])).toMatchObject({ parts: PARTS, partial: false })
})

it.each([[['--quick']], [['--only', 'koa']], [['--variants', 'logger']]])(
  'measures the requests alone with %j, and leaves the documents as they are',
  (argv) => {
    expect(wishesFrom(argv)).toMatchObject({ parts: ['requests'], partial: true })
  },
)

it('compares chosen variants with the bare framework', () => {
  const wishes = wishesFrom(['--only', 'koa', '--variants', 'logger', '--rounds', '2'])
  expect(wishes).toMatchObject({
    frameworks: ['koa'],
    variants: ['bare', 'logger'],
    rounds: 2,
    partial: true,
  })
})

it('measures nothing where only the documents are wanted', () => {
  expect(wishesFrom(['docs']).parts).toEqual([])
})

it.each([
  [['--only', 'hapi'], "--only is 'hapi', but must be one of fastify, express, koa."],
  [['speed'], "a part is 'speed'"],
  [['--variants', 'bare,fast'], "--variants is 'fast'"],
  [['soak', '--minutes', '0'], "--minutes is '0', but must be a number above 0."],
  [['--fast'], '--fast'],
])('says what is wrong with %j', (argv, sentence) => {
  expect(() => wishesFrom(argv)).toThrow(sentence)
})
