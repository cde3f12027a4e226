// What molt replay --help prints.
import { INSTANTS } from './arguments'

export const REPLAY_HELP = `Runs a recording again, from what is in it alone.

  molt replay [OPTIONS] RECORDING

The program, its arguments and settings, and everything that it read come from the recording: neither the script nor its files
need to be there. The second run is recorded too, and its events are compared with the recorded ones. The exit code is 0 if
they are the same, 1 if not; then the first event at which the two part is printed.

  -o, --output FILE        where to record; otherwise NAME-replay.molt in this folder, or NAME-replay-2.molt and so on
  -f, --force              overwrite FILE if it is a recording
  -q, --quiet              say nothing if all is well
      --until INSTANT      end the run exactly there
      --snapshot           take a snapshot of the heap there, or at the end

What if it were otherwise? With one of these, both runs are laid side by side, and the exit code is 0:

      --gc off             without the collector (gc.collect() still collects); on: with its default thresholds
      --gc-threshold A,B,C other thresholds of the collector
      --allocator NAME     textbook or cpython, see molt run
      --seed N             another hash seed
      --script FILE        another text in the place of the script, with the same input
      --json               all figures, and the anchors of the common axis of ticks, as JSON

${INSTANTS}`
