// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The free space of a host file that is given out in units of one size, for formats without a table
 * of free space: what they use is found in their mapping tables and told by {@link #use}. Guarded
 * by the image's metadata lock.
 *
 * <p>Free units inside the file are used first. New ones at its end become a part of it at once, so
 * that no guest data ever extends the file and they read as zero.
 */
public final class HostSpace {
  /**
   * Host bytes that were given out.
   *
   * @param zeroed they read as zero
   */
  public record Run(long hostOffset, long length, boolean zeroed) {}

  private final Storage file;
  private final long unitBytes;
  private final long limitBytes;
  private final SparseBits used = new SparseBits();

  /** No unit before this one is free. */
  private long firstFree;

  /** Everything from this unit on is behind the file and all that was given out. */
  private long end;

  /**
   * @param limitBytes no host offset reaches it
   */
  public HostSpace(Storage file, long unitBytes, long limitBytes) {
    this.file = file;
    this.unitBytes = unitBytes;
    this.limitBytes = limitBytes;
    this.end = unitsIn(file.size());
  }

  private long unitsIn(long bytes) {
    return bytes / unitBytes + (bytes % unitBytes == 0 ? 0 : 1);
  }

  /** The range is in use; so are all units that it touches. */
  public void use(long hostOffset, long length) throws ImageException {
    long last = unitsIn(hostOffset + length);
    used.addAll(hostOffset / unitBytes, last);
    end = Math.max(end, last);
  }

  /** The file. */
  public Storage file() {
    return file;
  }

  /**
   * Makes the file as long as what is in use, before anything is written: from then on it only
   * grows with what is given out.
   */
  public void prepare() throws IOException {
    grow(end);
  }

  /** Where everything that is in use ends. */
  public long endOffset() {
    return end * unitBytes;
  }

  /**
   * Gives out neighbouring units, as many as were asked for or fewer.
   *
   * @throws IOException where the file cannot grow; nothing has changed then
   */
  public Run take(long units) throws IOException {
    firstFree = used.nextClear(firstFree, end);
    if (firstFree == end) {
      return takeAtEnd(units);
    }
    long stop = used.nextSet(firstFree, Math.min(end, firstFree + units));
    Run run = new Run(firstFree * unitBytes, (stop - firstFree) * unitBytes, false);
    grow(stop);
    used.addAll(firstFree, stop);
    return run;
  }

  /** Gives out exactly so many neighbouring units behind everything else; they are zeroed. */
  public Run takeAtEnd(long units) throws IOException {
    long first = end;
    grow(first + units);
    used.addAll(first, first + units);
    end = first + units;
    return new Run(first * unitBytes, units * unitBytes, true);
  }

  private void grow(long units) throws IOException {
    if (units > limitBytes / unitBytes) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          file.name() + ": the format has no room for more than " + limitBytes + " bytes");
    }
    if (units * unitBytes > file.size()) {
      file.truncate(units * unitBytes);
    }
  }

  /** Takes back a range that nothing refers to, on the host's disk neither. */
  public void free(long hostOffset, long length) {
    punch(hostOffset, length);
    if (hostOffset % unitBytes == 0) {
      long first = hostOffset / unitBytes;
      used.removeAll(first, unitsIn(hostOffset + length));
      firstFree = Math.min(firstFree, first);
    }
  }

  private void punch(long hostOffset, long length) {
    try {
      file.zero(hostOffset, length);
    } catch (IOException e) {
      // The space is free all the same; the host merely keeps it.
    }
  }

  /** The first free range of the file from an offset on, of length 0 at the end of the file. */
  public Run nextFree(long hostOffset) {
    long last = unitsIn(file.size());
    long first = used.nextClear(unitsIn(hostOffset), last);
    long stop = used.nextSet(first, last);
    long from = Math.min(first * unitBytes, file.size());
    return new Run(from, Math.min(stop * unitBytes, file.size()) - from, false);
  }

  /** Ranges that are given back when their unlinking is durable. */
  public final class Unlinked {
    private final List<Run> runs = new ArrayList<>();

    /** Adds a range, which nothing refers to any more in memory. */
    public void add(long hostOffset, long length) {
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).hostOffset() + runs.get(last).length() == hostOffset) {
        Run before = runs.get(last);
        runs.set(last, new Run(before.hostOffset(), before.length() + length, false));
      } else {
        runs.add(new Run(hostOffset, length, false));
      }
    }

    /** Has the ranges given back by the flush that makes the present state durable. */
    public void freeWhenDurable(DirtyTables dirty) {
      if (!runs.isEmpty()) {
        dirty.whenDurable(
            runs.size(), () -> runs.forEach(run -> free(run.hostOffset(), run.length())));
      }
    }
  }
}
