// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds free host clusters and takes references back; both by the refcounts alone. Guarded by the
 * lock on {@link DirtyTables}.
 *
 * <p>Free space inside the file is looked for bit by bit, a bounded piece of the refcounts with
 * each allocation, so that none waits for a large image to be scanned. What is found free, or
 * freed, is used first; where nothing is known to be, the file grows.
 */
final class Allocator {
  /** Free runs that are remembered; further ones are found again by a later scan. */
  private static final int MAX_RUNS = 1024;

  /** Runs that an allocation looks at to find one that is long enough. */
  private static final int RUNS_TRIED = 16;

  /** Clusters whose refcounts one allocation scans. */
  private static final long SCAN_STEP = 1 << 17;

  /** Clusters behind the end of the file that may be taken; more are not, without damage. */
  private static final long MAX_TAKEN_BEHIND_END = 1 << 24;

  /** Places behind the end of the file where a row of clusters is tried. */
  private static final int MAX_TRIES = 1 << 12;

  /** Host offsets have 56 bits. */
  private static final int HOST_OFFSET_BITS = 56;

  private final Qcow2State state;
  private final Refcounts refcounts;
  private final Guard guard;

  /** Known free runs below {@link #scanned}: the first cluster of each, and the one behind it. */
  private final TreeMap<Long, Long> freeRuns = new TreeMap<>();

  /** Below this cluster the refcounts were looked at. */
  private long scanned;

  /** Everything from this cluster on is behind the file and all that was allocated. */
  private long end;

  Allocator(Qcow2State state, Refcounts refcounts, Guard guard) {
    this.state = state;
    this.refcounts = refcounts;
    this.guard = guard;
    this.end = clustersOfFile();
  }

  private long clustersOfFile() {
    long clusterBytes = state.header().clusterBytes();
    return (state.storage().size() + clusterBytes - 1) >>> state.clusterBits();
  }

  /**
   * Takes neighbouring free clusters: their refcount is 1 from here on.
   *
   * @param most how many at most, at least 1
   * @throws IOException where there is no space for the refcounts; nothing has changed then
   */
  ClusterRun allocate(long most) throws IOException {
    while (true) {
      ClusterRun found = find(most);
      guard.checkFree(found, "a new cluster");
      if (refcounts.hasBlock(found.first())) {
        take(found);
        refcounts.set(found, 1);
        return found;
      }
      makeRefcounts(found.first(), found.first());
    }
  }

  /** Takes clusters for a table, zeroed on the host, as metadata. */
  ClusterRun allocateTable(long clusters) throws IOException {
    ClusterRun found = allocateExactly(clusters);
    int clusterBits = state.clusterBits();
    try {
      Zeros.write(state.storage(), found.first() << clusterBits, clusters << clusterBits);
    } catch (IOException e) {
      giveBack(found);
      throw e;
    }
    guard.add(found.first() << clusterBits, clusters << clusterBits);
    return found;
  }

  /** A row of clusters; shorter ones that are found on the way are given back. */
  private ClusterRun allocateExactly(long clusters) throws IOException {
    ClusterRun found = allocate(clusters);
    if (found.count() == clusters) {
      return found;
    }
    giveBack(found);
    return allocateAtEnd(clusters);
  }

  /**
   * Behind the file. Each block that its refcounts lack goes in front of the row, which moves on.
   */
  private ClusterRun allocateAtEnd(long clusters) throws IOException {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      ClusterRun row = new ClusterRun(firstBehindEnd(), clusters);
      checkHostOffset(row);
      guard.checkFree(row, "a new table");
      long missing = firstWithoutBlock(row);
      if (missing < 0 && refcounts.nextUsed(row.first(), row.end()) == row.end()) {
        end = row.end();
        refcounts.set(row, 1);
        return row;
      }
      if (missing >= 0) {
        makeRefcounts(missing, row.first());
      } else {
        end = row.end();
      }
    }
    throw tooManyTaken();
  }

  private long firstWithoutBlock(ClusterRun row) throws IOException {
    for (long at = row.first(); at < row.end(); at = refcounts.blockEnd(at)) {
      if (!refcounts.hasBlock(at)) {
        return at;
      }
    }
    return -1;
  }

  /** Free clusters whose refcounts are in one block, or in one that is still missing. */
  private ClusterRun find(long most) throws IOException {
    ClusterRun known = knownRun(most);
    if (known == null && scanned < end) {
      scan();
      known = knownRun(most);
    }
    while (known != null && refcounts.get(known.first()) != 0) {
      take(new ClusterRun(known.first(), 1));
      known = knownRun(most);
    }
    long first = known == null ? firstBehindEnd() : known.first();
    long limit = known == null ? Long.MAX_VALUE : known.end();
    long last = Math.min(Math.min(first + most, limit), refcounts.blockEnd(first));
    ClusterRun run = new ClusterRun(first, refcounts.nextUsed(first, last) - first);
    checkHostOffset(run);
    return run;
  }

  private void checkHostOffset(ClusterRun run) throws ImageException {
    if (run.end() > 1L << (HOST_OFFSET_BITS - state.clusterBits())) {
      throw ImageException.unsupported(state.storage(), "an image file of more than 2^56 bytes");
    }
  }

  private @Nullable ClusterRun knownRun(long most) {
    int tried = 0;
    for (Map.Entry<Long, Long> run : freeRuns.entrySet()) {
      if (run.getValue() - run.getKey() >= most) {
        return new ClusterRun(run.getKey(), most);
      }
      if (++tried == RUNS_TRIED) {
        break;
      }
    }
    Map.Entry<Long, Long> first = freeRuns.firstEntry();
    return first == null ? null : new ClusterRun(first.getKey(), first.getValue() - first.getKey());
  }

  /** Looks for free clusters in the next piece of the refcounts. */
  private void scan() throws IOException {
    long stop = Math.min(end, scanned + SCAN_STEP);
    long at = scanned;
    while (at < stop && freeRuns.size() < MAX_RUNS) {
      long first = refcounts.nextFree(at, stop);
      at = first < stop ? refcounts.nextUsed(first, stop) : stop;
      scanned = at;
      remember(first, at);
    }
  }

  private long firstBehindEnd() throws IOException {
    long stop = end + MAX_TAKEN_BEHIND_END;
    long first = refcounts.nextFree(end, stop);
    if (first == stop) {
      throw tooManyTaken();
    }
    end = first;
    return first;
  }

  private ImageException tooManyTaken() {
    return ImageException.corrupt(
        state.storage(),
        end << state.clusterBits(),
        "the refcounts have no free space behind the end of the file");
  }

  /** Makes the missing block of a cluster's refcount, in a free one, or a larger table. */
  private void makeRefcounts(long cluster, long home) throws IOException {
    long clusterBytes = state.header().clusterBytes();
    if (refcounts.blockIndex(cluster) < refcounts.tableEntries()) {
      refcounts.makeBlock(cluster, home);
      take(new ClusterRun(home, 1));
      guard.add(home << state.clusterBits(), clusterBytes);
      return;
    }
    ClusterRun area = new ClusterRun(Math.max(cluster, end), 1);
    Refcounts.Grown grown = refcounts.grow(area.first());
    end = grown.run().end();
    guard.add(grown.run().first() << state.clusterBits(), grown.run().count() * clusterBytes);
    guard.remove(grown.oldTableOffset(), grown.oldTableBytes());
    Unlinked old = new Unlinked(state.clusterBits());
    old.add(grown.oldTableOffset(), grown.oldTableBytes());
    dropWhenDurable(old);
  }

  /** The clusters are not free any more. */
  private void take(ClusterRun run) {
    end = Math.max(end, run.end());
    Map.Entry<Long, Long> known = freeRuns.floorEntry(run.first());
    if (known != null && known.getValue() > run.first()) {
      freeRuns.remove(known.getKey());
      if (known.getKey() < run.first()) {
        freeRuns.put(known.getKey(), run.first());
      }
      if (known.getValue() > run.end()) {
        freeRuns.put(run.end(), known.getValue());
      }
    }
  }

  private void remember(long first, long freeEnd) {
    long runEnd = Math.min(freeEnd, scanned);
    if (first >= runEnd) {
      return;
    }
    Map.Entry<Long, Long> before = freeRuns.lowerEntry(first);
    long start = first;
    if (before != null && before.getValue() == first) {
      start = before.getKey();
    }
    Long behind = freeRuns.remove(runEnd);
    freeRuns.put(start, Objects.requireNonNullElse(behind, runEnd));
    if (freeRuns.size() > MAX_RUNS) {
      Map.Entry<Long, Long> last = freeRuns.pollLastEntry();
      scanned = last == null ? scanned : Math.min(scanned, last.getKey());
    }
  }

  /** Frees clusters that nothing was ever linked to. */
  void giveBack(ClusterRun run) throws IOException {
    refcounts.set(run, 0);
    remember(run.first(), run.end());
  }

  /** Takes back one reference to each of the clusters when their unlinking is durable. */
  void dropWhenDurable(Unlinked unlinked) {
    if (!unlinked.isEmpty()) {
      state.dirty().whenDurable(unlinked.runs().size(), () -> drop(unlinked.runs()));
    }
  }

  /** Takes back references; what a damaged image keeps from being counted down stays leaked. */
  private void drop(List<ClusterRun> runs) throws IOException {
    for (ClusterRun run : runs) {
      long at = run.first();
      while (at < run.end()) {
        long freed = at;
        while (freed < run.end() && dropOne(freed)) {
          freed++;
        }
        if (freed > at) {
          free(at, freed);
        }
        at = freed + 1;
      }
    }
  }

  /** Takes back one reference; true where it was the last one. */
  private boolean dropOne(long cluster) throws IOException {
    try {
      long refcount = guard.isMetadata(cluster) ? 0 : refcounts.get(cluster);
      if (refcount == 0 || (refcount == 1 && guard.isOthers(cluster))) {
        return false;
      }
      refcounts.set(new ClusterRun(cluster, 1), refcount - 1);
      return refcount == 1;
    } catch (ImageException e) {
      state.dirty().checkUsable();
      return false;
    }
  }

  private void free(long first, long runEnd) {
    remember(first, runEnd);
    int clusterBits = state.clusterBits();
    try {
      state.storage().zero(first << clusterBits, (runEnd - first) << clusterBits);
    } catch (IOException e) {
      // The space is free all the same; the host merely keeps it.
    }
  }
}
