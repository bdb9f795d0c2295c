// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table of file handles. A handle is an index and a generation, so that a stale one is refused
 * and never reaches another disk. Looking up, which every read does, takes no lock.
 */
final class HandleTable {
  private record Slot(int generation, @Nullable OpenVolume volume) {}

  private volatile Slot[] slots = new Slot[0];

  /** Gives a volume a handle. */
  synchronized long put(OpenVolume volume) {
    Slot[] now = slots;
    int index = 0;
    while (index < now.length && now[index].volume() != null) {
      index++;
    }
    Slot[] next = index < now.length ? now.clone() : Arrays.copyOf(now, now.length + 1);
    int generation = index < now.length ? now[index].generation() + 1 : 1;
    next[index] = new Slot(generation, volume);
    slots = next;
    return ((long) generation << 32) | index;
  }

  /** What stands behind a handle; null where it was given back. */
  @Nullable OpenVolume find(long handle) {
    Slot[] now = slots;
    int index = (int) handle;
    boolean valid =
        index >= 0 && index < now.length && now[index].generation() == (int) (handle >>> 32);
    return valid ? now[index].volume() : null;
  }

  /**
   * As {@link #find}.
   *
   * @throws StaleHandleException where the handle was given back
   */
  OpenVolume get(long handle) throws StaleHandleException {
    OpenVolume found = find(handle);
    if (found == null) {
      throw new StaleHandleException(handle);
    }
    return found;
  }

  /** Takes a handle back; null where it was already. */
  synchronized @Nullable OpenVolume remove(long handle) {
    OpenVolume found = find(handle);
    if (found != null) {
      Slot[] next = slots.clone();
      int index = (int) handle;
      next[index] = new Slot(next[index].generation(), null);
      slots = next;
    }
    return found;
  }

  /** Everything that has a handle now. */
  List<OpenVolume> all() {
    return Arrays.stream(slots).map(Slot::volume).filter(Objects::nonNull).toList();
  }

  synchronized void clear() {
    slots = new Slot[0];
  }
}
