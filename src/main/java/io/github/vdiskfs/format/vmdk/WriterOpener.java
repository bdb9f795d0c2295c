// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens a disk for writing, where everything about it allows that. */
final class WriterOpener {
  private final DescriptorFile descriptorFile;
  private final Descriptor descriptor;
  private final ImageFormat.Context context;
  private final List<TypedExtent> extents;

  WriterOpener(
      DescriptorFile descriptorFile,
      Descriptor descriptor,
      ImageFormat.Context context,
      List<TypedExtent> extents) {
    this.descriptorFile = descriptorFile;
    this.descriptor = descriptor;
    this.context = context;
    this.extents = extents;
  }

  /**
   * Looks through all tables of the extents that may be written, and changes nothing.
   *
   * @throws ImageException of kind {@code READ_ONLY} where the disk cannot be written
   */
  VmdkWriter open() throws IOException {
    WriteRules rules = new WriteRules(descriptorFile, descriptor, context, extents);
    rules.check();
    DirtyTables dirty = new DirtyTables();
    List<VmdkWriter.Part> parts = new ArrayList<>();
    Set<Storage> files = new LinkedHashSet<>();
    long guestOffset = 0;
    for (TypedExtent typed : extents) {
      parts.add(new VmdkWriter.Part(guestOffset, writer(typed, dirty, guestOffset)));
      guestOffset += typed.extent().sizeBytes();
      Storage file = typed.extent().file();
      if (file != null && typed.writable()) {
        files.add(file);
      }
    }
    files.add(descriptorFile.file());
    for (Storage file : files) {
      file.allowWriting();
    }
    return new VmdkWriter(
        dirty, descriptorFile, parts, List.copyOf(files), rules.unit(), growable(parts));
  }

  private ExtentWriter writer(TypedExtent typed, DirtyTables dirty, long guestOffset)
      throws IOException {
    if (typed.writable() && typed.extent() instanceof FlatExtent flat) {
      return new FlatWriter(flat);
    }
    if (typed.writable() && typed.extent() instanceof SparseExtent sparse) {
      boolean hasParent = descriptor.parentHint() != null;
      SparseSurvey survey = SparseSurvey.of(sparse);
      return new SparseWriter(sparse, context.tables(), dirty, guestOffset, hasParent, survey);
    }
    return new ClosedExtentWriter(typed);
  }

  private @Nullable SparseWriter growable(List<VmdkWriter.Part> parts) {
    boolean growable =
        parts.size() == 1
            && descriptor.parentHint() == null
            && extents.get(0).extent() instanceof SparseExtent sparse
            && sparse.facts().growable();
    return growable ? (SparseWriter) parts.get(0).writer() : null;
  }
}
