using System.Collections.Concurrent;
using Npgsql;

namespace Understudy.Intake;

/// <summary>The names that stand for customers' numbers in public URLs, as events tell them; written down only when they are news.</summary>
internal sealed class CustomerNames
{
    private readonly ConcurrentDictionary<int, string> _known = new();

    public IReadOnlyDictionary<int, string> News(IEnumerable<Wish> wishes)
    {
        var news = new SortedDictionary<int, string>();
        foreach (var wish in wishes)
        {
            if (wish.CustomerName is { } name && _known.GetValueOrDefault(wish.Id.Customer) != name)
                news[wish.Id.Customer] = name;
        }

        return news;
    }

    public void Written(IReadOnlyDictionary<int, string> news)
    {
        foreach (var (customer, name) in news)
            _known[customer] = name;
    }

    public static NpgsqlBatchCommand Write(IReadOnlyDictionary<int, string> news)
    {
        var command = new NpgsqlBatchCommand(
            "insert into customer_name (customer, name) select * from unnest(@customer, @name) on conflict (customer) do update set name = excluded.name");
        command.Parameters.AddWithValue("customer", news.Keys.ToArray());
        command.Parameters.AddWithValue("name", news.Values.ToArray());
        return command;
    }
}
