// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;

/**
 * Where a run of a disk lives: the layer of the chain and the extent in it, never {@code BACKING}.
 *
 * @param depth 0 for the top image; of a hole, the lowest layer that was asked
 */
public record Located(int depth, Image image, Extent extent) {}
