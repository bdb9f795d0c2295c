// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.util.ArrayList;
import java.util.List;

/** The changes of all files of a folder, in one order. */
public final class HostLog {
  private final List<HostOperation> operations = new ArrayList<>();

  synchronized void add(HostOperation operation) {
    operations.add(operation);
  }

  /** How many changes there were so far. */
  public synchronized int size() {
    return operations.size();
  }

  synchronized HostOperation get(int index) {
    return operations.get(index);
  }

  /** The changes {@code [from, end)} in words. */
  public synchronized String describe(int from, int end) {
    StringBuilder text = new StringBuilder();
    for (int i = Math.max(0, from); i < Math.min(end, operations.size()); i++) {
      text.append("\n  ").append(i).append(": ").append(operations.get(i));
    }
    return text.toString();
  }
}
