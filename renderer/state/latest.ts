// Answers to the newest question only. While one is under way, the newest of those that come in waits, and the
// others are forgotten: dragging the playhead asks as often as answers come, and never builds a queue.
export class Latest<Question, Answer> {
  private busy = false
  private waiting: { question: Question } | null = null
  private generation = 0
  private readonly ask: (question: Question) => Promise<Answer>
  private readonly onAnswer: (answer: Answer, question: Question) => void
  private readonly onError: (error: unknown, question: Question) => void

  constructor(
    ask: (question: Question) => Promise<Answer>,
    onAnswer: (answer: Answer, question: Question) => void,
    onError: (error: unknown, question: Question) => void
  ) {
    this.ask = ask
    this.onAnswer = onAnswer
    this.onError = onError
  }

  request(question: Question): void {
    if (this.busy) this.waiting = { question }
    else void this.run(question)
  }

  /** What is under way or waits will not be told of. */
  forget(): void {
    this.generation++
    this.waiting = null
  }

  private async run(question: Question): Promise<void> {
    this.busy = true
    const generation = this.generation
    try {
      const answer = await this.ask(question)
      if (generation === this.generation) this.onAnswer(answer, question)
    } catch (error) {
      if (generation === this.generation) this.onError(error, question)
    }
    this.busy = false
    const next = this.waiting
    this.waiting = null
    if (next) void this.run(next.question)
  }
}
