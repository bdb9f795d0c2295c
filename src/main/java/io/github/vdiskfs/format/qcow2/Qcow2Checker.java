// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks an image: what each table says by itself, and the refcount of each host cluster against
 * the references to it. The references are counted for a window of the file at a time, with one
 * walk through all tables for each, so that memory does not grow with the image.
 *
 * <p>To mend everything, the image is surveyed first: whether refcounts can be corrected where they
 * are, or have to be built anew, must be known before the first change.
 */
final class Qcow2Checker {
  /** Clusters of a window: half a terabyte of file with clusters of 64 KiB, 10 MiB of memory. */
  static final int WINDOW_CLUSTERS = 1 << 23;

  /** What is done about a refcount that is wrong. */
  private enum Action {
    REPORT,
    MEND_LEAKS,
    MEND,
    COUNT_AS_MENDED
  }

  private final Qcow2State state;
  private final SnapshotTable snapshots;
  private final HeaderExtensions.@Nullable Bitmaps bitmaps;
  private final ClusterDecoder decoder;
  private final CheckReport report;
  private final Refcounts refcounts;
  private final long fileBytes;
  private boolean refcountsAreSound = true;
  private long usedEnd;

  Qcow2Checker(
      Qcow2State state,
      SnapshotTable snapshots,
      HeaderExtensions.@Nullable Bitmaps bitmaps,
      ClusterDecoder decoder,
      CheckReport report) {
    this.state = state;
    this.snapshots = snapshots;
    this.bitmaps = bitmaps;
    this.decoder = decoder;
    this.report = report;
    this.refcounts = new Refcounts(state);
    this.fileBytes = state.storage().size();
  }

  /** As {@link io.github.vdiskfs.image.Image#check}. */
  static void check(
      Qcow2State state,
      SnapshotTable snapshots,
      HeaderExtensions.@Nullable Bitmaps bitmaps,
      ClusterDecoder decoder,
      CheckReport report)
      throws IOException {
    Qcow2Checker checker = new Qcow2Checker(state, snapshots, bitmaps, decoder, report);
    if (report.mendsLeaks()) {
      for (Storage file : state.files()) {
        file.allowWriting();
      }
    }
    if (!report.mendsAll()) {
      checker.pass(report.mendsLeaks() ? Action.MEND_LEAKS : Action.REPORT);
      checker.flush();
      // The flags are free to mend where the refcounts that they repeat are right.
      boolean isSound = report.corruptions() + report.errors() == 0;
      new CopiedCheck(state, report).check(report.mendsLeaks() && isSound);
      return;
    }
    checker.mend();
  }

  private void mend() throws IOException {
    CheckReport silent = new CheckReport(CheckReport.Repair.NONE, report::progress);
    Qcow2Checker survey = new Qcow2Checker(state, snapshots, bitmaps, decoder, silent);
    survey.pass(Action.REPORT);
    Qcow2State mended = state;
    if (survey.refcountsAreSound) {
      pass(Action.MEND);
      flush();
    } else {
      pass(Action.COUNT_AS_MENDED);
      new RefcountRebuild(state, this::guestReferences).run(survey.usedEnd);
      mended = state.reread();
    }
    new CopiedCheck(mended, report).check(true);
    if (report.corruptions() + report.errors() == 0) {
      clearMarks();
    }
  }

  private void flush() throws IOException {
    if (state.dirty().dirtyBytes() > 0) {
      state.dirty().flush(state.files());
    }
  }

  private void clearMarks() throws IOException {
    long found = state.header().incompatibleFeatures();
    long sound = Features.CORRUPT.without(Features.DIRTY.without(found));
    if (sound != found) {
      state.patch().incompatibleFeatures(sound);
    }
  }

  /** One walk for each window. What is wrong with the tables themselves is told the first time. */
  private void pass(Action action) throws IOException {
    // Something that begins in the last cluster may end in the one behind the file.
    long clusters = clustersOf(fileBytes) + 1;
    for (long first = 0; first < clusters; first += WINDOW_CLUSTERS) {
      int length = (int) Math.min(WINDOW_CLUSTERS, clusters - first);
      ReferenceCounts counts = new ReferenceCounts(first, length, refcounts.most());
      walk(counts, first == 0, action);
      compare(counts, clusters - 1, action);
    }
    report.imageEnd(usedEnd << state.clusterBits());
  }

  private long clustersOf(long bytes) {
    return (bytes + state.header().clusterBytes() - 1) >>> state.clusterBits();
  }

  private void walk(ReferenceCounts counts, boolean first, Action action) throws IOException {
    CheckReport told = first ? report : new CheckReport(CheckReport.Repair.NONE, report::progress);
    Counter sink = new Counter(counts, told, report);
    EntryCheck entries = new EntryCheck(state, decoder, told, sink, first);
    ReferenceWalk walk =
        new ReferenceWalk(state, snapshots, bitmaps, refcounts, told, entries, sink);
    walk.guestTables();
    boolean mended = action == Action.COUNT_AS_MENDED;
    if (mended) {
      // Behind these, only refcount structures are counted, and they are built anew elsewhere.
      tellMixed(counts);
    }
    Consumer<String> damage = mended ? report::corruptionFixed : report::corruption;
    refcountsAreSound &= walk.refcountTables(first ? damage : what -> {});
    checkBlocks(counts, damage);
    if (first) {
      long units = clustersOf(state.header().virtualSize());
      report.units(units, entries.allocated(), entries.fragmented(), entries.compressed());
    }
  }

  /** A refcount block that something else refers to must not be changed. */
  private void checkBlocks(ReferenceCounts counts, Consumer<String> damage) throws IOException {
    try {
      for (long index = 0; index < refcounts.tableEntries(); index++) {
        long cluster = blockCluster(index);
        if (cluster >= Math.max(1, counts.first())
            && cluster < counts.end()
            && counts.get(cluster) != 1) {
          refcountsAreSound = false;
          damage.accept("refcount block " + index + " has " + counts.get(cluster) + " references");
        }
      }
    } catch (ImageException e) {
      // Past the end of the file, as all entries from here on; that was told before.
      refcountsAreSound = false;
    }
  }

  /** The cluster of a refcount block, or 0 where there is none that can be used. */
  private long blockCluster(long index) throws IOException {
    long entry = refcounts.tableEntry(index);
    boolean inside = entry > 0 && entry < fileBytes && state.layout().isAligned(entry);
    return inside ? entry >>> state.clusterBits() : 0;
  }

  /** Counts all references but those to the refcount structures. */
  private void guestReferences(ReferenceCounts counts) throws IOException {
    CheckReport silent = new CheckReport(CheckReport.Repair.NONE, report::progress);
    Counter sink = new Counter(counts, silent, silent);
    EntryCheck entries = new EntryCheck(state, decoder, silent, sink, false);
    new ReferenceWalk(state, snapshots, bitmaps, refcounts, silent, entries, sink).guestTables();
  }

  /** Counts the references to a window's clusters. */
  private final class Counter implements ReferenceWalk.Sink {
    private final ReferenceCounts counts;
    private final CheckReport told;
    private final CheckReport overflows;

    Counter(ReferenceCounts counts, CheckReport told, CheckReport overflows) {
      this.counts = counts;
      this.told = told;
      this.overflows = overflows;
    }

    @Override
    public void reference(long hostOffset, long bytes, boolean isMetadata, int times) {
      if (bytes <= 0) {
        return;
      }
      if (hostOffset + bytes - fileBytes >= state.header().clusterBytes()) {
        told.corruption(
            String.format(
                "%d bytes at host offset 0x%x are in use, past the end of the file (0x%x)",
                bytes, hostOffset, fileBytes));
        return;
      }
      ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits());
      long end = Math.min(run.end(), counts.end());
      for (long cluster = Math.max(run.first(), counts.first()); cluster < end; cluster++) {
        if (!counts.add(cluster, isMetadata, times)) {
          overflows.corruption(
              "cluster " + cluster + " has more references than a refcount can count");
        }
      }
    }
  }

  private void compare(ReferenceCounts counts, long fileClusters, Action action)
      throws IOException {
    for (long cluster = counts.first(); cluster < counts.end(); cluster++) {
      long references = counts.get(cluster);
      if (cluster < fileClusters || references > 0) {
        compare(cluster, references, counts.isMixed(cluster), action);
      }
    }
  }

  private void compare(long cluster, long references, boolean mixed, Action action)
      throws IOException {
    long refcount = refcount(cluster);
    if (references > 0 || refcount != 0) {
      usedEnd = cluster + 1;
    }
    boolean isNews = mixed && action != Action.COUNT_AS_MENDED;
    if (isNews && (refcount == references || action != Action.REPORT)) {
      tellMixed(cluster);
    }
    if (refcount == references) {
      return;
    }
    boolean leak = Long.compareUnsigned(refcount, references) > 0;
    refcountsAreSound &= refcount != 0 || hasBlock(cluster);
    String what =
        "cluster "
            + cluster
            + " refcount="
            + Long.toUnsignedString(refcount)
            + " reference="
            + references;
    switch (action) {
      case REPORT -> tell(leak, what, false);
      case MEND_LEAKS -> tell(leak, what, leak && mend(cluster, references));
      case MEND -> tell(leak, what, mend(cluster, references));
      case COUNT_AS_MENDED -> tell(leak, what, true);
    }
  }

  private void tellMixed(ReferenceCounts counts) {
    for (long cluster = counts.first(); cluster < counts.end(); cluster++) {
      if (counts.isMixed(cluster)) {
        tellMixed(cluster);
      }
    }
  }

  private void tellMixed(long cluster) {
    report.corruption("cluster " + cluster + " has both metadata and guest data");
  }

  private long refcount(long cluster) throws IOException {
    try {
      return refcounts.get(cluster);
    } catch (ImageException e) {
      return 0;
    }
  }

  private boolean hasBlock(long cluster) throws IOException {
    try {
      return refcounts.hasBlock(cluster);
    } catch (ImageException e) {
      return false;
    }
  }

  private void tell(boolean leak, String what, boolean mended) {
    if (leak && mended) {
      report.leakFixed(what);
    } else if (leak) {
      report.leak(what);
    } else if (mended) {
      report.corruptionFixed(what);
    } else {
      report.corruption(what);
    }
  }

  private boolean mend(long cluster, long references) throws IOException {
    synchronized (state.dirty()) {
      refcounts.set(new ClusterRun(cluster, 1), references);
    }
    if (state.dirty().dirtyBytes() > WINDOW_CLUSTERS) {
      flush();
    }
    return true;
  }
}
