// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.storage.Storage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code qemu-img info} prints of a VMDK beyond what all formats have. */
final class VmdkDetails {
  private VmdkDetails() {}

  static Map<String, Object> of(Descriptor descriptor, String type, List<TypedExtent> extents) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("cid", descriptor.cid());
    details.put("parent-cid", descriptor.parentCid());
    details.put("create-type", type);
    details.put("extents", extents.stream().map(VmdkDetails::of).toList());
    return details;
  }

  private static Map<String, Object> of(TypedExtent typed) {
    DiskExtent extent = typed.extent();
    Storage file = extent.file();
    Map<String, Object> details = new LinkedHashMap<>();
    if (extent.decoder() != null) {
      details.put("compressed", true);
    }
    details.put("virtual-size", extent.sizeBytes());
    details.put("filename", file == null ? "" : file.name());
    if (extent.grainBytes() > 0) {
      details.put("cluster-size", (long) extent.grainBytes());
    }
    details.put("format", typed.type());
    return details;
  }
}
