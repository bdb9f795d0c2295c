// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An internal snapshot as a file of the mount.
 *
 * @param name the file's, without {@code .raw}
 * @param id the image's name for it
 * @param size bytes of the disk at that time; 0 where it cannot be served
 * @param error why it cannot be served, or null
 */
record SnapshotFile(String name, String id, long size, @Nullable IOException error) {
  /** Why it cannot be served, in words; empty where it can. */
  Optional<String> problem() {
    return error == null ? Optional.empty() : Optional.of(String.valueOf(error.getMessage()));
  }
}
