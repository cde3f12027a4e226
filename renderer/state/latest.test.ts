import { expect, test } from 'vitest'
import { Latest } from './latest'

const turn = () => new Promise(resolve => setTimeout(resolve, 0))

function slow() {
  const asked: number[] = [], answered: number[] = [], failed: number[] = []
  let finish: (fail?: boolean) => void = () => {}
  const latest = new Latest<number, number>(
    question => {
      asked.push(question)
      return new Promise((resolve, reject) => { finish = fail => (fail ? reject(new Error('no')) : resolve(question * 10)) })
    },
    answer => answered.push(answer),
    (_error, question) => failed.push(question)
  )
  return { latest, asked, answered, failed, finish: (fail?: boolean) => finish(fail) }
}

test('only the newest of the waiting questions is asked', async () => {
  const { latest, asked, answered, finish } = slow()
  for (const n of [1, 2, 3, 4]) latest.request(n)
  expect(asked).toEqual([1])
  finish()
  await turn()
  expect(asked).toEqual([1, 4])
  finish()
  await turn()
  expect(answered).toEqual([10, 40])
})

test('after forget nothing is told, and a failure does not block the next question', async () => {
  const { latest, asked, answered, failed, finish } = slow()
  latest.request(1)
  latest.request(2)
  latest.forget()
  finish()
  await turn()
  expect(asked).toEqual([1])
  expect(answered).toEqual([])
  latest.request(5)
  finish(true)
  await turn()
  expect(failed).toEqual([5])
  latest.request(6)
  finish()
  await turn()
  expect(answered).toEqual([60])
})
