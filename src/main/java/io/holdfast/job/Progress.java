package io.holdfast.job;

/** Is told how a run goes, from several threads. */
public interface Progress {

  /** Tells nobody. */
  Progress SILENT =
      new Progress() {
        @Override
        public void started(String name) {}

        @Override
        public void ended(RunReport.Outcome outcome, int done, int total) {}
      };

  /** A table's or publication's turn begins. */
  void started(String name);

  /** A table's or publication's turn ended. */
  void ended(RunReport.Outcome outcome, int done, int total);
}
