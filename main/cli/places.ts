// Where the other programs of the build lie. Only entries know (the bundler moves shared code), so cli.ts fills this in.
export interface Places {
  /** Root of the installation. */
  install: string
  worker: string
  web: string
  start: string
}
