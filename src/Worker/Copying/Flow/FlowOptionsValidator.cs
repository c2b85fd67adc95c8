using Microsoft.Extensions.Options;

namespace Understudy.Copying.Flow;

/// <summary>Reports every wrong value at once, each with its key, the value and what is allowed.</summary>
internal sealed class FlowOptionsValidator : IValidateOptions<FlowOptions>
{
    // A node's file handles and the source's patience end long before this.
    private const int MostConnections = 1024;

    // Below, one read buffer would use up seconds of the allowance.
    private const long LeastBytesPerSecond = 64 * 1024;

    public ValidateOptionsResult Validate(string? name, FlowOptions options)
    {
        var errors = new List<string>();
        Check(nameof(options.MinConnections), options.MinConnections, 1, MostConnections);
        Check(nameof(options.MaxConnections), options.MaxConnections, Math.Max(1, options.MinConnections), MostConnections);
        Check(nameof(options.StartConnections), options.StartConnections, options.MinConnections, options.MaxConnections);
        Check(nameof(options.WaitingReserve), options.WaitingReserve, 0, MostConnections);
        if (options.MaxBytesPerSecond is { } rate)
            Check(nameof(options.MaxBytesPerSecond), rate, LeastBytesPerSecond, Bandwidth.MostBytesPerSecond);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string key, long value, long least, long most)
        {
            if (value < least || value > most)
                errors.Add($"{FlowOptions.Section}:{key} is {value}; allowed is {least} to {most}");
        }
    }
}
