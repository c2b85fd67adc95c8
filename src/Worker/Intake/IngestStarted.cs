using Understudy.Contracts;

namespace Understudy.Intake;

/// <summary>
/// An ingest was started that will change the asset's source; it may take hours. DLCS announces its ingests so, before the Engine
/// runs (its Create and Update notifications). Not a contract for publishers: they say when it is done.
/// </summary>
internal sealed record IngestStarted : AssetEvent;
