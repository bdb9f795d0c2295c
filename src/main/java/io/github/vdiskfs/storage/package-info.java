// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes on the host.
 *
 * <p>A {@link io.github.vdiskfs.storage.Storage} is one host file: positional, thread-safe, never
 * short. {@link io.github.vdiskfs.storage.FileStorage} is the real one; tests have others that live
 * in memory or fail on demand.
 *
 * <p>{@link io.github.vdiskfs.storage.Gate} is the only way to open a file that an image
 * <em>names</em> (backing file, extent, external data file, parent). It knows which folders such a
 * file may lie in and enforces it on the opened file itself. A format sees only the {@link
 * io.github.vdiskfs.storage.StorageOpener} that the gate makes for its image's folder, so that no
 * format code ever touches a path.
 */
@NullMarked
package io.github.vdiskfs.storage;

import org.jspecify.annotations.NullMarked;
