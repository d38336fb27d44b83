/**
 * Where clouds answer questions about the machine that asks, credentials included: the addresses
 * and names that `security.block_cloud_metadata` refuses.
 *
 * @module
 */

/** One endpoint of one provider. */
export interface MetadataEndpoint {
  /** Canonical address or host name. */
  readonly host: string;
  readonly provider: string;
  /** Name of the service in the provider's documentation. */
  readonly service: string;
}

/**
 * The known endpoints. The link-local ones serve many providers; the row names the first that
 * documents it, the rest are in `service`.
 */
export const METADATA: readonly MetadataEndpoint[] = [
  {
    host: "169.254.169.254",
    provider: "AWS",
    service:
      "EC2 instance metadata; also Azure, Google Cloud, Oracle, OpenStack, DigitalOcean, Hetzner, IBM, Vultr",
  },
  { host: "fd00:ec2::254", provider: "AWS", service: "EC2 instance metadata over IPv6" },
  { host: "169.254.170.2", provider: "AWS", service: "ECS task metadata and credentials" },
  { host: "169.254.170.23", provider: "AWS", service: "EKS Pod Identity credentials" },
  { host: "fd00:ec2::23", provider: "AWS", service: "EKS Pod Identity credentials over IPv6" },
  { host: "instance-data", provider: "AWS", service: "EC2-Classic name of the metadata service" },
  {
    host: "instance-data.ec2.internal",
    provider: "AWS",
    service: "EC2 private DNS name of the metadata service",
  },
  { host: "fd20:ce::254", provider: "Google Cloud", service: "Metadata server over IPv6" },
  { host: "metadata.google.internal", provider: "Google Cloud", service: "Metadata server" },
  { host: "metadata.goog", provider: "Google Cloud", service: "Metadata server, second name" },
  { host: "metadata", provider: "Google Cloud", service: "Metadata server, short name" },
  { host: "168.63.129.16", provider: "Azure", service: "WireServer" },
  { host: "192.0.0.192", provider: "Oracle Cloud", service: "Classic instance metadata" },
  { host: "100.100.100.200", provider: "Alibaba Cloud", service: "ECS instance metadata" },
  { host: "169.254.0.23", provider: "Tencent Cloud", service: "Instance metadata" },
  { host: "metadata.tencentyun.com", provider: "Tencent Cloud", service: "Instance metadata" },
  { host: "169.254.42.42", provider: "Scaleway", service: "Instance metadata" },
  { host: "fd00:42::42", provider: "Scaleway", service: "Instance metadata over IPv6" },
  { host: "fe80::a9fe:a9fe", provider: "OpenStack", service: "Metadata service over IPv6" },
];
