// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a disk: each range goes to the extent that has it. */
final class VmdkWriter implements ImageWriter {
  /**
   * One extent of the disk.
   *
   * @param guestOffset where it starts
   */
  record Part(long guestOffset, ExtentWriter writer) {}

  private final DirtyTables dirty;
  private final DescriptorFile descriptor;
  private final ExtentWriter[] extents;
  private final long[] starts;
  private final List<SparseWriter> sparse;
  private final List<Storage> files;
  private final long unit;
  private final @Nullable SparseWriter growable;
  private final Object starting = new Object();
  private volatile boolean started;
  private volatile boolean grown;

  /**
   * @param files all that are written, the descriptor's among them
   * @param growable the only extent, where the size may change; null otherwise
   */
  VmdkWriter(
      DirtyTables dirty,
      DescriptorFile descriptor,
      List<Part> parts,
      List<Storage> files,
      long unit,
      @Nullable SparseWriter growable) {
    this.dirty = dirty;
    this.descriptor = descriptor;
    this.extents = parts.stream().map(Part::writer).toArray(ExtentWriter[]::new);
    this.starts = parts.stream().mapToLong(Part::guestOffset).toArray();
    this.sparse =
        parts.stream()
            .map(Part::writer)
            .filter(SparseWriter.class::isInstance)
            .map(SparseWriter.class::cast)
            .toList();
    this.files = files;
    this.unit = unit;
    this.growable = growable;
  }

  /**
   * Before the first change of all: the disk has another content identifier, so that no delta disk
   * takes it for the parent that it was, and its files have a writer.
   */
  private void start() throws IOException {
    if (started) {
      return;
    }
    synchronized (starting) {
      if (!started) {
        synchronized (dirty) {
          dirty.checkUsable();
          descriptor.renewCid(dirty);
          for (SparseWriter extent : sparse) {
            extent.begin();
          }
        }
        dirty.flush(files);
        for (SparseWriter extent : sparse) {
          extent.mendCopies();
        }
        started = true;
      }
    }
  }

  private int indexOf(long guestOffset) {
    int found = Arrays.binarySearch(starts, guestOffset);
    return found >= 0 ? found : -found - 2;
  }

  @Override
  public long unit() {
    return unit;
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    start();
    dirty.checkUsable();
    int i = indexOf(guestOffset);
    return extents[i].placement(guestOffset - starts[i], length);
  }

  @Override
  public Reservation reserve(long guestOffset, long length) throws IOException {
    start();
    int i = indexOf(guestOffset);
    return extents[i].reserve(guestOffset - starts[i], length);
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    start();
    dirty.checkUsable();
    int i = indexOf(guestOffset);
    return extents[i].zero(guestOffset - starts[i], length);
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    if (growable == null) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE, "the size of a VMDK disk is fixed when it is made");
    }
    start();
    grown = true;
    growable.resize(sizeBytes);
  }

  @Override
  public void flush() throws IOException {
    dirty.flush(files);
  }

  @Override
  public long dirtyBytes() {
    return dirty.dirtyBytes();
  }

  @Override
  public void finish() throws IOException {
    if (!started) {
      dirty.checkUsable();
      return;
    }
    flush();
    synchronized (dirty) {
      if (grown) {
        descriptor.rewrite(dirty);
      }
      for (SparseWriter extent : sparse) {
        extent.end();
      }
    }
    flush();
  }

  /** Gives up what is not on the host: the image is closed. */
  void discard() {
    synchronized (dirty) {
      dirty.discard();
    }
  }
}
